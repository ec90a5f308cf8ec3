/** Transcripts as the engine made them, and the overlays that people have laid over them. */
import { AppError } from '@bulk-transcribe/protocol';
import type { Database, Transaction } from '../database/database.ts';
import type { StoredTranscript } from '../transcripts/apply-overlay.ts';
import type { Overlay } from '../transcripts/overlay.ts';
import { noTask } from './not-found.ts';
import { selectStored, toStored } from './rows.ts';
import { indexTranscript } from './search-index.ts';
import type { StoreParts } from './store-parts.ts';

export interface Corrections {
  /** Null where the session has no such transcript. */
  storedTranscript(sessionId: string, taskId: string): Promise<StoredTranscript | null>;
  /** Takes the place of the overlay of revision `after`. AppError conflict where that is not the one in place any more. */
  keepOverlay(sessionId: string, taskId: string, change: { after: number; overlay: Overlay }): Promise<void>;
}

export const corrections = ({ database, commitFor }: StoreParts): Corrections => ({
  storedTranscript: (sessionId, taskId) => storedTranscript(database, sessionId, taskId),
  keepOverlay: (sessionId, taskId, { after, overlay }) =>
    commitFor(sessionId, async ({ tx }) => {
      const owned = await tx.selectFrom('task').select('id').where('id', '=', taskId).where('session_id', '=', sessionId).executeTakeFirst();
      if (!owned) throw noTask(taskId);
      await replaceOverlay(tx, taskId, { after, overlay });
    }),
});

/** The caller holds the session's lock. AppError conflict as above. */
export async function replaceOverlay(tx: Transaction, taskId: string, { after, overlay }: { after: number; overlay: Overlay }): Promise<void> {
  const now = { revision: after + 1, overlay: JSON.stringify(overlay) };
  const kept = await tx
    .insertInto('correction')
    .values({ task_id: taskId, ...now })
    .onConflict((conflict) => conflict.column('task_id').doUpdateSet(now).where('correction.revision', '=', after))
    .returning('revision')
    .executeTakeFirst();
  if (!kept) throw new AppError('conflict', 'The transcript was changed meanwhile.', { field: 'revision' });
  await indexTranscript(tx, taskId);
}

export async function storedTranscript({ sql }: Database, sessionId: string, taskId: string): Promise<StoredTranscript | null> {
  const stored = selectStored(sql).innerJoin('task', 'task.id', 'transcript.task_id').where('transcript.task_id', '=', taskId);
  const row = await stored.where('task.session_id', '=', sessionId).executeTakeFirst();
  return row ? toStored(row) : null;
}
