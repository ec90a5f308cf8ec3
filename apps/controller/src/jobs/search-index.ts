/**
 * The lines of all transcripts as they read with all corrections, for the search. Written in the transaction that stores a
 * transcript or a correction, so that what is found is what is read.
 */
import type { Transcript } from '@bulk-transcribe/protocol';
import { sql } from 'kysely';
import type { Database, Transaction } from '../database/database.ts';
import { lockSessionOf } from '../database/session-lock.ts';
import { wordsOf } from '../search/words.ts';
import { correctedTranscript } from '../transcripts/apply-overlay.ts';
import { storableText } from './recordings.ts';
import { selectStored, toStored } from './rows.ts';

interface Line {
  /** Seconds. */
  readonly start: number;
  readonly text: string;
}

/** Lines that one statement writes. */
const AT_ONCE = 1000;

/** Makes the lines of the index those of the stored transcript; lines that read as before stay untouched. */
export async function indexTranscript(tx: Transaction, taskId: string): Promise<void> {
  const stored = await selectStored(tx).where('transcript.task_id', '=', taskId).executeTakeFirst();
  if (!stored) return;
  const known = await tx.selectFrom('search_line').select(['id', 'start_sec', 'text']).where('task_id', '=', taskId).execute();
  const missing = new Map(linesOf(correctedTranscript(toStored(stored))).map((line) => [keyOf(line), line]));
  // What is known and not missing any more is taken from both.
  const superseded = known.filter(({ start_sec: start, text }) => !missing.delete(keyOf({ start, text }))).map(({ id }) => id);
  for (const ids of chunks(superseded)) await tx.deleteFrom('search_line').where('id', 'in', ids).execute();
  for (const lines of chunks([...missing.values()]))
    await tx
      .insertInto('search_line')
      .values(lines.map(rowOf(taskId)))
      .execute();
  await tx.updateTable('transcript').set({ indexed: true }).where('task_id', '=', taskId).execute();
}

/** Adds the transcripts that were stored before there was a search, each in a transaction of its own. */
export async function indexOlderTranscripts(database: Database, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const older = await database.sql.selectFrom('transcript').select('task_id').where('indexed', '=', false).limit(1).executeTakeFirst();
    if (!older) return;
    await database.transaction(async (tx) => {
      await lockSessionOf(tx, older.task_id);
      await indexTranscript(tx, older.task_id);
    });
  }
}

const linesOf = ({ segments }: Transcript): Line[] =>
  segments.map(({ start, text }) => ({ start, text: storableText(text) })).filter(({ text }) => text.trim() !== '');

const keyOf = ({ start, text }: Line): string => `${start} ${text}`;

const rowOf =
  (taskId: string) =>
  ({ start, text }: Line) => ({ task_id: taskId, start_sec: start, text, words: sql<string>`${vectorOf(text)}::tsvector` });

/** `'citizens':1 'of':2`: words hold nothing that would need quoting. */
const vectorOf = (text: string): string =>
  wordsOf(text)
    .map(({ word }, place) => `'${word}':${place + 1}`)
    .join(' ');

const chunks = <T>(items: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(items.length / AT_ONCE) }, (_, index) => items.slice(index * AT_ONCE, (index + 1) * AT_ONCE));
