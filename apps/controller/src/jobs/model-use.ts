import type { Database } from '../database/database.ts';

export interface ModelUse {
  /** The models that tasks wait for or run with, over all sessions. */
  modelsInUse(): Promise<ReadonlySet<string>>;
}

export const modelUse = ({ sql }: Database): ModelUse => ({
  modelsInUse: async () => {
    const rows = await sql
      .selectFrom('job')
      .select('options')
      // Only a final task has an end.
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('task')
            .select('task.id')
            .whereRef('task.job_id', '=', 'job.id')
            .where('task.finished_at', 'is', null)
            .where('task.hearing_of', 'is', null),
        ),
      )
      .execute();
    return new Set(rows.map(({ options }) => options.model));
  },
});
