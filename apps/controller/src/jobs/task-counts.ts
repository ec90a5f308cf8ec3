import { type TaskState, taskStates } from '@bulk-transcribe/protocol';
import type { Database } from '../database/database.ts';

export type TaskCounts = Readonly<Record<TaskState, number>>;

/** How many tasks there are in each state, over all sessions. */
export async function taskCounts({ sql }: Database): Promise<TaskCounts> {
  const rows = await sql
    .selectFrom('task')
    .select(({ fn }) => ['state', fn.countAll<string | number>().as('count')])
    .groupBy('state')
    .execute();
  const known = new Map(rows.map(({ state, count }) => [state, Number(count)]));
  return Object.fromEntries(taskStates.map((state) => [state, known.get(state) ?? 0])) as Record<TaskState, number>;
}
