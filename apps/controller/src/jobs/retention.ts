/** What is deleted when its time has come, and what its owner keeps. The caller says how long; see ../retention.ts. */
import { AppError, type Job } from '@bulk-transcribe/protocol';
import { appendEvent } from './event-log.ts';
import { deleteJob, findJob } from './jobs.ts';
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

export function retention({ queue, commit }: StoreParts): Retention {
  return {
    keepJob: (sessionId, id, kept) =>
      commit(async (change) => {
        await change.tx.updateTable('job').set({ kept }).where('id', '=', id).where('session_id', '=', sessionId).execute();
        const job = await findJob(change.tx, sessionId, id);
        if (!job) throw new AppError('not_found', `There is no job ${id}.`);
        await appendEvent(change, sessionId, { type: 'job', job });
        return job;
      }),
    deleteEndedJob: (before) =>
      commit(async (change) => {
        const ended = await change.tx
          .selectFrom('job')
          .select(['id', 'session_id'])
          .where('kept', '=', false)
          // Only a final task has an end.
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom('task')
                  .select('task.id')
                  .whereRef('task.job_id', '=', 'job.id')
                  .where(({ or, eb }) => or([eb('task.finished_at', 'is', null), eb('task.finished_at', '>=', before)])),
              ),
            ),
          )
          .limit(1)
          .forUpdate()
          .executeTakeFirst();
        return ended ? await deleteJob(change, queue, ended.session_id, ended.id) : null;
      }),
    deleteUnusedRecordings: (before) =>
      commit(async ({ tx }) => {
        const rows = await tx
          .deleteFrom('recording')
          .where('created_at', '<', before)
          .where(({ not, exists, selectFrom }) =>
            not(exists(selectFrom('task').select('task.id').whereRef('task.recording_id', '=', 'recording.id'))),
          )
          .returning('id')
          .execute();
        return rows.map(({ id }) => id);
      }),
  };
}
