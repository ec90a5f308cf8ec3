/** What a session owns as a whole: the code that opens it elsewhere, and all its data at once. */
import { deleteJob } from './jobs.ts';
import type { StoreParts } from './store-parts.ts';

export interface SessionData {
  /** The session's recovery code from now on, in the place of the one before. */
  keepRecoveryCode(sessionId: string, codeHash: string): Promise<void>;
  sessionOfRecoveryCode(codeHash: string): Promise<string | null>;
  /**
   * Cancels what runs and removes jobs, tasks, transcripts, recordings, events and recovery code; answers the recordings.
   * What stays is, for 30 days, the mark that a job was deleted: its id, for pages that are open elsewhere.
   */
  deleteEverything(sessionId: string): Promise<readonly string[]>;
}

export function sessionData({ database, queue, commitFor }: StoreParts): SessionData {
  return {
    keepRecoveryCode: async (sessionId, codeHash) => {
      await database.sql
        .insertInto('recovery_code')
        .values({ session_id: sessionId, code_hash: codeHash })
        .onConflict((conflict) => conflict.column('session_id').doUpdateSet({ code_hash: codeHash }))
        .execute();
    },
    sessionOfRecoveryCode: async (codeHash) => {
      const row = await database.sql.selectFrom('recovery_code').select('session_id').where('code_hash', '=', codeHash).executeTakeFirst();
      return row?.session_id ?? null;
    },
    deleteEverything: (sessionId) =>
      commitFor(sessionId, async (change) => {
        const { tx } = change;
        const jobs = await tx.selectFrom('job').select('id').where('session_id', '=', sessionId).execute();
        const recordings: string[] = [];
        for (const { id } of jobs) recordings.push(...(await deleteJob(change, queue, sessionId, id)));
        const unused = await tx.deleteFrom('recording').where('session_id', '=', sessionId).returning('id').execute();
        await tx.deleteFrom('recovery_code').where('session_id', '=', sessionId).execute();
        return [...recordings, ...unused.map(({ id }) => id)];
      }),
  };
}
