/** What decides which workers may take a task: entries of one kind are claimed, or left to others, together. */
import type { Compute } from '@bulk-transcribe/protocol';
import { sql } from 'kysely';
import type { Transaction } from '../database/database.ts';

export interface TaskKind {
  readonly compute: Compute;
  readonly model: string;
}

/** The kind as the queue knows it. */
export const groupOf = ({ compute, model }: TaskKind): string => `${compute} ${model}`;

const model = sql<string>`job.options ->> 'model'`.as('model');

/** The kinds of the tasks that wait, in whatever session. */
export const waitingKinds = (tx: Transaction): Promise<TaskKind[]> =>
  tx
    .selectFrom('job')
    .select(['job.compute', model])
    .distinct()
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('task').select('task.id').whereRef('task.job_id', '=', 'job.id').where('task.state', '=', 'queued')),
    )
    .execute();

/** Undefined where the task is gone. */
export const kindOf = (tx: Transaction, taskId: string): Promise<TaskKind | undefined> =>
  tx.selectFrom('task').innerJoin('job', 'job.id', 'task.job_id').select(['job.compute', model]).where('task.id', '=', taskId).executeTakeFirst();
