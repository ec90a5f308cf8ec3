/**
 * Attempts that are over here and that a worker may still hold: a result to be acknowledged, work to be cancelled.
 * Written in the transaction that ends the attempt and removed once the worker has answered, so that no kill -9 leaves
 * a worker holding a result, or working on a task, that nobody waits for.
 */
import { isFinal, type Task } from '@bulk-transcribe/protocol';
import type { Database, Transaction } from '../database/database.ts';
import type { Attempt } from './task-ledger.ts';

/** Nothing is owed where no worker has the task. `task` as it was while the worker had it. */
export async function oweWorker(tx: Transaction, task: Task): Promise<void> {
  if (!task.worker || task.state === 'queued' || isFinal(task.state)) return;
  await tx
    .insertInto('settlement')
    .values({ task_id: task.id, attempt: task.attempt, worker: task.worker.name })
    .onConflict((conflict) => conflict.columns(['task_id', 'attempt']).doNothing())
    .execute();
}

export async function listSettlements({ sql }: Database, worker: string): Promise<Attempt[]> {
  const rows = await sql.selectFrom('settlement').selectAll().where('worker', '=', worker).orderBy('task_id').orderBy('attempt').execute();
  return rows.map((row) => ({ taskId: row.task_id, attempt: row.attempt }));
}

export async function removeSettlement({ sql }: Database, { taskId, attempt }: Attempt): Promise<void> {
  await sql.deleteFrom('settlement').where('task_id', '=', taskId).where('attempt', '=', attempt).execute();
}
