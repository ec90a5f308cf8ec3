/**
 * A worker's claim on a task: it holds while heartbeats come. The database's own clock counts, so that controllers that
 * share one agree. A claim that has run out is released by whoever notices first; the task goes on elsewhere, from its
 * checkpoint, and what the silent worker may still say of it is refused.
 */
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Attempt } from './task-ledger.ts';

/** When a claim that is made or renewed now runs out. */
export const leaseEnd = (leaseSec: number) => sql<Date>`now() + ${leaseSec} * interval '1 second'`;

export async function renewLeases(database: Database, attempts: readonly Attempt[], leaseSec: number): Promise<void> {
  if (attempts.length === 0) return;
  await database.sql
    .updateTable('task')
    .set({ lease_until: leaseEnd(leaseSec) })
    .where('state', 'in', ['dispatched', 'running'])
    .where(({ eb, or, and }) => or(attempts.map(({ taskId, attempt }) => and([eb('id', '=', taskId), eb('attempt', '=', attempt)]))))
    .execute();
}

export async function expiredLeases(database: Database): Promise<Attempt[]> {
  const rows = await database.sql
    .selectFrom('task')
    .select(['id', 'attempt'])
    .where('state', 'in', ['dispatched', 'running'])
    .where('lease_until', '<', sql<Date>`now()`)
    .execute();
  return rows.map(({ id, attempt }) => ({ taskId: id, attempt }));
}
