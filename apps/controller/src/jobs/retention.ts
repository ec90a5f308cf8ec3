/** What is deleted when its time has come, and what its owner keeps. The caller says how long; see ../retention.ts. */
import type { Job } from '@bulk-transcribe/protocol';
import { lockSession } from '../database/session-lock.ts';
import type { Change } from './change.ts';
import { appendEvent } from './event-log.ts';
import { deleteJob, findJob } from './jobs.ts';
import { noJob } from './not-found.ts';
import { deleteUnusedBefore } from './recordings.ts';
import type { StoreParts } from './store-parts.ts';

export interface Retention {
  /** Kept: retention passes the job by. */
  keepJob(sessionId: string, id: string, kept: boolean): Promise<Job>;
  /**
   * Removes one job that nobody keeps and whose last task ended before `before`; answers the recordings that went with it,
   * null where there is no such job.
   */
  deleteEndedJob(before: Date): Promise<readonly string[] | null>;
  /** Removes recordings that no job uses and that came before `before`; answers their ids. */
  deleteUnusedRecordings(before: Date): Promise<readonly string[]>;
}

export function retention({ queue, commit, commitFor }: StoreParts): Retention {
  return {
    keepJob: (sessionId, id, kept) =>
      commitFor(sessionId, async (change) => {
        await change.tx.updateTable('job').set({ kept }).where('id', '=', id).where('session_id', '=', sessionId).execute();
        const job = await findJob(change.tx, sessionId, id);
        if (!job) throw noJob(id);
        await appendEvent(change, sessionId, { type: 'job', job });
        return job;
      }),
    deleteEndedJob: (before) =>
      commit(async (change) => {
        const found = await endedJobs(change, before).limit(1).executeTakeFirst();
        if (!found) return null;
        // The lock comes before any row is touched; whatever happened until we had it decides.
        await lockSession(change.tx, found.session_id);
        const still = await endedJobs(change, before).where('job.id', '=', found.id).executeTakeFirst();
        return still ? await deleteJob(change, queue, found.session_id, found.id) : [];
      }),
    deleteUnusedRecordings: (before) => commit(({ tx }) => deleteUnusedBefore(tx, before)),
  };
}

/** Those that nobody keeps and whose tasks all ended before: only a final task has an end. */
const endedJobs = ({ tx }: Change, before: Date) =>
  tx
    .selectFrom('job')
    .select(['id', 'session_id'])
    .where('kept', '=', false)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('task')
            .select('task.id')
            .whereRef('task.job_id', '=', 'job.id')
            .where(({ or, eb }) => or([eb('task.finished_at', 'is', null), eb('task.finished_at', '>=', before)])),
        ),
      ),
    );
