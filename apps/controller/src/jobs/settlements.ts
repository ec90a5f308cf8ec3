/**
 * What a worker has still to be told about an attempt that is over here: acknowledge (its result or failure is stored)
 * or cancel. Written in the transaction that ends the attempt and removed once the worker has answered, so that no
 * kill -9 leaves a worker holding a result, or working on a task, that nobody waits for.
 */
import { isFinal, type Task } from '@bulk-transcribe/protocol';
import type { Database, Transaction } from '../database/database.ts';
import type { Settlement } from './task-ledger.ts';

/** Nothing is owed where no worker has the task. `task` as it was while the worker had it. */
export async function oweWorker(tx: Transaction, task: Task, action: Settlement['action']): Promise<void> {
  if (!task.worker || task.state === 'queued' || isFinal(task.state)) return;
  await tx
    .insertInto('settlement')
    .values({ task_id: task.id, attempt: task.attempt, worker: task.worker.name, action })
    .onConflict((conflict) => conflict.columns(['task_id', 'attempt']).doNothing())
    .execute();
}

export async function listSettlements({ sql }: Database, worker: string): Promise<Settlement[]> {
  const rows = await sql.selectFrom('settlement').selectAll().where('worker', '=', worker).orderBy('task_id').orderBy('attempt').execute();
  return rows.map((row) => ({ taskId: row.task_id, attempt: row.attempt, action: row.action }));
}

export async function removeSettlement({ sql }: Database, { taskId, attempt }: Settlement): Promise<void> {
  await sql.deleteFrom('settlement').where('task_id', '=', taskId).where('attempt', '=', attempt).execute();
}
