/**
 * Events of a session: every change of a task or job, with the whole state it led to.
 *
 * The log is bounded: an event that a later one about the same task or job supersedes is removed after an hour, the
 * latest one of each stays. A listener that was away for longer thus misses steps in between, never the outcome.
 */
import type { SessionEvent } from '@bulk-transcribe/protocol';
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { type Change, topics } from './change.ts';
import type { StoredEvent } from './job-store.ts';
import type { WakeUp } from './wake-ups.ts';

/** Events read at once: what a slow listener holds in memory at most. */
const PAGE = 100;

const subject = (event: SessionEvent): string => {
  if (event.type === 'task') return event.task.id;
  return event.type === 'job' ? event.job.id : event.jobId;
};

export const appendEvent = (change: Change, sessionId: string, event: SessionEvent): Promise<void> => appendEvents(change, sessionId, [event]);

/** In this order. The caller holds the session's lock (session-lock.ts). */
export async function appendEvents({ tx, topics: woken }: Change, sessionId: string, events: readonly SessionEvent[]): Promise<void> {
  const rows = events.map((event) => ({ session_id: sessionId, subject_id: subject(event), event: JSON.stringify(event) }));
  await tx.insertInto('event').values(rows).execute();
  woken.add(topics.session(sessionId));
}

async function eventsAfter(database: Database, sessionId: string, lastId: number): Promise<StoredEvent[]> {
  const rows = await database.sql
    .selectFrom('event')
    .select(['id', 'event'])
    .where('session_id', '=', sessionId)
    .where('id', '>', lastId)
    .orderBy('id')
    .limit(PAGE)
    .execute();
  return rows.map(({ id, event }) => ({ id: Number(id), event }));
}

export async function newestEventId(database: Database, sessionId: string): Promise<number> {
  const row = await database.sql
    .selectFrom('event')
    .select(({ fn }) => fn.max('id').as('id'))
    .where('session_id', '=', sessionId)
    .executeTakeFirst();
  return Number(row?.id ?? 0);
}

/**
 * Replay and live events are one: always the next page after the last id, so there is no gap and no event twice.
 * A slow listener costs nothing but its place in the log. Ends when the signal aborts.
 */
export async function* followEvents(options: {
  database: Database;
  wakeUp: WakeUp;
  sessionId: string;
  lastId: number;
  signal: AbortSignal;
}): AsyncGenerator<StoredEvent, void> {
  const { database, wakeUp, sessionId, signal } = options;
  let last = options.lastId;
  while (!signal.aborted) {
    const page = await eventsAfter(database, sessionId, last);
    for (const stored of page) {
      if (signal.aborted) return;
      last = stored.id;
      yield stored;
    }
    if (page.length < PAGE) await wakeUp.next(signal).catch(() => undefined);
  }
}

/** Removes superseded events after an hour, and the mark of a deleted job after 30 days. */
export async function pruneEvents(database: Database): Promise<void> {
  await sql`
    DELETE FROM event WHERE created_at < now() - interval '1 hour'
    AND EXISTS (SELECT 1 FROM event later WHERE later.subject_id = event.subject_id AND later.id > event.id)
  `.execute(database.sql);
  await sql`
    DELETE FROM event WHERE created_at < now() - interval '30 days' AND event ->> 'type' = 'job-deleted'
  `.execute(database.sql);
}
