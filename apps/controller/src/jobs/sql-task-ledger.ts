/** The task ledger on PostgreSQL's dialect: each call is one transaction. */
import { type Kysely, sql } from 'kysely';
import { lockSessionOf } from '../database/session-lock.ts';
import type { Tables } from '../database/tables.ts';
import { type Change, topics } from './change.ts';
import { finishedWindows, keepWindows } from './checkpoints.ts';
import { claim, claimedTasks, LeftToOthers, toClaimed } from './claim.ts';
import { expiredLeases, renewLeases } from './leases.ts';
import { listSettlements, removeSettlement } from './settlements.ts';
import type { StoreParts } from './store-parts.ts';
import { waitingKinds } from './task-kind.ts';
import type { Attempt, TaskLedger } from './task-ledger.ts';
import { fail, release, run, succeed } from './task-moves.ts';

export function sqlTaskLedger({ database, queue, wakeUps, leaseSec, commit }: StoreParts): TaskLedger {
  /** What a worker says of its attempt. */
  const report = <T>({ taskId }: Attempt, work: (change: Change) => Promise<T>): Promise<T> =>
    commit(async (change) => {
      await lockSessionOf(change.tx, taskId);
      return work(change);
    });
  return {
    claim: async (worker, choice) => {
      try {
        return await commit((change) => claim(change, { queue, worker, leaseSec, choice }));
      } catch (cause) {
        if (cause instanceof LeftToOthers) return null;
        throw cause;
      }
    },
    waitingKinds: () => commit(({ tx }) => waitingKinds(tx)),
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
    succeed: (attempt, transcript, evidence = null) =>
      report(attempt, async (change) => (await succeed(change, queue, attempt, { transcript, evidence })) !== null),
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

async function isAtWork(sql: Kysely<Tables>, { taskId, attempt }: Attempt): Promise<boolean> {
  const row = await sql.selectFrom('task').select('state').where('id', '=', taskId).where('attempt', '=', attempt).executeTakeFirst();
  return row?.state === 'dispatched' || row?.state === 'running';
}
