/** What decides which workers may take a task: entries of one kind are claimed, or left to others, together. */
import type { Compute } from '@bulk-transcribe/protocol';
import { sql } from 'kysely';
import type { Transaction } from '../database/database.ts';

export interface TaskKind {
  readonly compute: Compute;
  /** SPEAKERS for a hearing (hearings.ts). */
  readonly model: string;
}

/** The kind as table and queue know it. */
export const groupOf = ({ compute, model }: TaskKind): string => `${compute} ${model}`;

function toKind(group: string): TaskKind {
  const [compute = 'auto', model = ''] = group.split(/ (.*)/s);
  return { compute: compute as Compute, model };
}

/** The kinds of the tasks that wait, in whatever session. Jumps from one to the next along the index: however many wait, it is as fast. */
export async function waitingKinds(tx: Transaction): Promise<TaskKind[]> {
  const { rows } = await sql<{ kind: string }>`
    WITH RECURSIVE waiting AS (
      (SELECT kind FROM task WHERE state = 'queued' ORDER BY kind LIMIT 1)
      UNION ALL
      SELECT (SELECT kind FROM task WHERE state = 'queued' AND kind > waiting.kind ORDER BY kind LIMIT 1)
      FROM waiting WHERE waiting.kind IS NOT NULL
    )
    SELECT kind FROM waiting WHERE kind IS NOT NULL
  `.execute(tx);
  return rows.map(({ kind }) => toKind(kind));
}

/** Undefined where the task is gone. */
export async function kindOf(tx: Transaction, taskId: string): Promise<TaskKind | undefined> {
  const row = await tx.selectFrom('task').select('kind').where('id', '=', taskId).executeTakeFirst();
  return row && toKind(row.kind);
}
