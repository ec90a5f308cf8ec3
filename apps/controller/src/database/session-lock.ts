/**
 * One writer per session at a time, until its transaction ends. So a session's events become visible in the order of their
 * ids, and a listener that asks for what came after the last one misses none; and no two changes of one session meet
 * half-way. Taken before any row is locked. On an embedded database, with its one connection, it never waits.
 */
import { sql } from 'kysely';
import type { Transaction } from './database.ts';

export async function lockSession(tx: Transaction, sessionId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${sessionId}, 0))`.execute(tx);
}

/** The lock of the session that the task belongs to; none where there is no such task. */
export async function lockSessionOf(tx: Transaction, taskId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(session_id, 0)) FROM task WHERE id = ${taskId}`.execute(tx);
}
