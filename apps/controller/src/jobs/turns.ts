/**
 * Whose turn it is: fair between sessions, oldest first within one, priority above both.
 *
 * A task gets a turn when it is queued: the one after the newest that its session waits for, and never one that is over.
 * Lower turns go first. So a session with 5,000 tasks and one with three, which came later, alternate from the next claim
 * on, and whoever comes back again and again with single tasks gets one in each turn like everybody else (start-time fair
 * queueing with tasks of equal weight).
 *
 * Turn and priority become one number, pg-boss's own priority of the entry. The alternative, to choose the task in our
 * table and take its entry by id, would leave pg-boss's index aside and have to know which entries wait for their
 * backoff; this way a claim stays pg-boss's one look at its index, however many tasks wait.
 */
import { sql } from 'kysely';
import type { Transaction } from '../database/database.ts';

/** Turns per priority: seven priorities of these fit into the 32 bits of pg-boss's priority. */
const TURNS = 2 ** 28;

/** The number that pg-boss orders by, highest first. Beyond 268 million turns (years of tasks a second) all wait alike. */
export const rankOf = (priority: number, turn: number): number => priority * TURNS - Math.min(turn, TURNS - 1);

/** The turn of the next task that the session queues. The caller holds the session's lock. */
export async function nextTurn(tx: Transaction, sessionId: string, priority: number): Promise<number> {
  const { rows } = await sql<{ turn: number }>`
    SELECT 1 + greatest(
      (SELECT turn FROM queue_clock WHERE priority = ${priority}),
      (SELECT max(turn) FROM task WHERE session_id = ${sessionId} AND priority = ${priority} AND state = 'queued')
    ) AS turn
  `.execute(tx);
  return rows[0]?.turn ?? 1;
}

/** The task is at work: earlier turns are over. */
export async function beginTurn(tx: Transaction, taskId: string): Promise<void> {
  await sql`
    UPDATE queue_clock SET turn = task.turn FROM task
    WHERE task.id = ${taskId} AND queue_clock.priority = task.priority AND queue_clock.turn < task.turn
  `.execute(tx);
}
