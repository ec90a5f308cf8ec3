/** The task ledger on PostgreSQL's dialect: each call is one transaction. */
import { completeOptions, isFinal } from '@bulk-transcribe/protocol';
import { type Kysely, sql } from 'kysely';
import { lockSessionOf } from '../database/session-lock.ts';
import type { Tables } from '../database/tables.ts';
import { type Change, topics } from './change.ts';
import { finishedWindows, keepWindows } from './checkpoints.ts';
import { expiredLeases, renewLeases } from './leases.ts';
import { toRecording } from './rows.ts';
import { listSettlements, removeSettlement } from './settlements.ts';
import type { StoreParts } from './store-parts.ts';
import type { Attempt, ClaimedTask, TaskLedger } from './task-ledger.ts';
import { current, dispatch, fail, release, run, succeed } from './task-moves.ts';
import type { TaskQueue } from './task-queue.ts';
import { beginTurn } from './turns.ts';

export function sqlTaskLedger({ database, queue, wakeUps, leaseSec, commit }: StoreParts): TaskLedger {
  /** What a worker says of its attempt. */
  const report = <T>({ taskId }: Attempt, work: (change: Change) => Promise<T>): Promise<T> =>
    commit(async (change) => {
      await lockSessionOf(change.tx, taskId);
      return work(change);
    });
  return {
    claim: (worker) =>
      commit(async (change) => {
        for (;;) {
          const taskId = await queue.take(change.tx);
          if (!taskId) return null;
          await lockSessionOf(change.tx, taskId);
          if (await dispatch(change, taskId, { worker, leaseSec })) {
            await beginTurn(change.tx, taskId);
            return (await claimedTasks(change).where('task.id', '=', taskId).execute()).map(toClaimed)[0] ?? null;
          }
          await keepOrDrop(change, queue, taskId);
        }
      }),
    inFlight: (worker) =>
      commit(async (change) => {
        const rows = await claimedTasks(change)
          .where('state', 'in', ['dispatched', 'running'])
          .where(sql`worker ->> 'name'`, '=', worker)
          .orderBy('task.started_at')
          .orderBy('task.position')
          .execute();
        return rows.map(toClaimed);
      }),
    update: (attempt, update) => report(attempt, async (change) => (await run(change, attempt, update)) !== null),
    succeed: (attempt, transcript) => report(attempt, async (change) => (await succeed(change, queue, attempt, transcript)) !== null),
    fail: (attempt, error) => report(attempt, async (change) => (await fail(change, queue, attempt, error)) !== null),
    finishedWindows: (taskId) => finishedWindows(database, taskId),
    keepWindows: (attempt, windows) =>
      report(attempt, async ({ tx }) => {
        if (!(await isAtWork(tx, attempt))) return false;
        await keepWindows(tx, attempt.taskId, windows);
        return true;
      }),
    renew: (attempts) => renewLeases(database, attempts, leaseSec),
    expired: () => expiredLeases(database),
    release: (attempt, reason) => report(attempt, async (change) => (await release(change, queue, attempt, reason)) !== null),
    holds: (attempt) => isAtWork(database.sql, attempt),
    settlements: (worker) => listSettlements(database, worker),
    settled: (attempt) => removeSettlement(database, attempt),
    whenQueued: () => wakeUps.listen(topics.queue),
    whenStopped: (taskId) => wakeUps.listen(topics.task(taskId)),
  };
}

/** An entry that came without a waiting task: it expired under a task at work, which goes on; or its task is over. */
async function keepOrDrop(change: Change, queue: TaskQueue, taskId: string): Promise<void> {
  const task = await current(change, taskId);
  if (!task || isFinal(task.state)) await queue.settle(change.tx, taskId);
}

async function isAtWork(sql: Kysely<Tables>, { taskId, attempt }: Attempt): Promise<boolean> {
  const row = await sql.selectFrom('task').select('state').where('id', '=', taskId).where('attempt', '=', attempt).executeTakeFirst();
  return row?.state === 'dispatched' || row?.state === 'running';
}

const claimedTasks = ({ tx }: Change) =>
  tx
    .selectFrom('task')
    .innerJoin('job', 'job.id', 'task.job_id')
    .innerJoin('recording', 'recording.id', 'task.recording_id')
    .selectAll('recording')
    .select(['task.id as task_id', 'task.attempt', 'job.options']);

type ClaimedRow = Awaited<ReturnType<ReturnType<typeof claimedTasks>['executeTakeFirstOrThrow']>>;

const toClaimed = (row: ClaimedRow): ClaimedTask => ({
  taskId: row.task_id,
  attempt: row.attempt,
  options: completeOptions(row.options),
  recording: toRecording(row),
});
