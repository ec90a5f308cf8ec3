import { AppError, type Recording } from '@bulk-transcribe/protocol';
import type { ExpressionBuilder } from 'kysely';
import type { Database, Transaction } from '../database/database.ts';
import type { Tables } from '../database/tables.ts';
import type { NewRecording, RecordingBytes } from './job-store.ts';
import { noRecording } from './not-found.ts';
import { toRecording } from './rows.ts';

/** A name is whatever a client calls its file; PostgreSQL takes all of Unicode but NUL and lone surrogates. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '');

/** Characters of a name that are kept: what the worker's contract takes. */
const MAX_NAME = 1000;

export async function addRecording({ sql }: Database, sessionId: string, recording: NewRecording): Promise<Recording> {
  const { id, name, size, sha256 } = recording;
  const values = { id, session_id: sessionId, name: storableText(name.slice(0, MAX_NAME)), size, sha256 };
  return toRecording(await sql.insertInto('recording').values(values).returningAll().executeTakeFirstOrThrow());
}

export async function findRecording({ sql }: Database, sessionId: string, id: string): Promise<Recording | null> {
  const row = await sql.selectFrom('recording').selectAll().where('id', '=', id).where('session_id', '=', sessionId).executeTakeFirst();
  return row ? toRecording(row) : null;
}

/** No task has it. */
const isUnused = ({ not, exists, selectFrom }: ExpressionBuilder<Tables, 'recording'>) =>
  not(exists(selectFrom('task').select('task.id').whereRef('task.recording_id', '=', 'recording.id')));

export async function unusedRecordings({ sql }: Database, sessionId: string): Promise<Recording[]> {
  const rows = await sql
    .selectFrom('recording')
    .selectAll()
    .where('session_id', '=', sessionId)
    .where(isUnused)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map(toRecording);
}

export async function recordingWithBytes({ sql }: Database, sessionId: string, { size, sha256 }: RecordingBytes): Promise<Recording | null> {
  const rows = sql.selectFrom('recording').selectAll().where('session_id', '=', sessionId).where('sha256', '=', sha256).where('size', '=', size);
  const row = await rows.limit(1).executeTakeFirst();
  return row ? toRecording(row) : null;
}

export async function storedBytes({ sql }: Database, sessionId: string): Promise<number> {
  const { bytes } = await sql
    .selectFrom(({ selectFrom }) =>
      selectFrom('recording').select(['sha256', 'size']).distinct().where('session_id', '=', sessionId).as('distinct_bytes'),
    )
    .select(({ fn }) => fn.sum<string | number | null>('distinct_bytes.size').as('bytes'))
    .executeTakeFirstOrThrow();
  return Number(bytes ?? 0);
}

export async function existingRecordings({ sql }: Database, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await sql
    .selectFrom('recording')
    .select('id')
    .where(({ eb, fn, val }) => eb('id', '=', fn.any(val(ids))))
    .execute();
  return new Set(rows.map(({ id }) => id));
}

export async function deleteRecording(tx: Transaction, sessionId: string, id: string): Promise<void> {
  const inUse = await tx.selectFrom('task').select('id').where('recording_id', '=', id).where('session_id', '=', sessionId).executeTakeFirst();
  if (inUse) throw new AppError('conflict', 'A job uses this recording; delete the job first.');
  const gone = await tx.deleteFrom('recording').where('id', '=', id).where('session_id', '=', sessionId).returning('id').executeTakeFirst();
  if (!gone) throw noRecording(id);
}

/** Removes those of the recordings that no task uses; answers their ids. */
export async function deleteUnusedRecordings(tx: Transaction, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await tx.deleteFrom('recording').where('id', 'in', ids).where(isUnused).returning('id').execute();
  return rows.map(({ id }) => id);
}

/** Removes what came before and no task uses, in whatever session; answers their ids. */
export async function deleteUnusedBefore(tx: Transaction, before: Date): Promise<string[]> {
  const rows = await tx.deleteFrom('recording').where('created_at', '<', before).where(isUnused).returning('id').execute();
  return rows.map(({ id }) => id);
}
