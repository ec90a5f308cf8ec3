/** What the owner of the whole sees and does: tasks of every session. */
import type { Task } from '@bulk-transcribe/protocol';
import type { Database } from '../database/database.ts';
import { noTask } from './not-found.ts';
import { selectTasks, toTask } from './rows.ts';

export interface Oversight {
  /** Those at work, those that wait, then those that failed last; at most `limit`. */
  watchedTasks(limit: number): Promise<Task[]>;
  /** AppError not_found where there is no such task. */
  sessionOfTask(id: string): Promise<string>;
}

export const oversight = ({ sql }: Database): Oversight => ({
  watchedTasks: async (limit) => {
    const open = await selectTasks(sql)
      .where('state', 'in', ['dispatched', 'running', 'queued'])
      .orderBy(({ eb }) => eb('state', '=', 'queued'))
      .orderBy('task.priority', 'desc')
      .orderBy('task.turn')
      .orderBy('task.id')
      .limit(limit)
      .execute();
    const failed = selectTasks(sql)
      .where('state', '=', 'failed')
      .orderBy('task.finished_at', 'desc')
      .limit(limit - open.length);
    return [...open, ...(open.length < limit ? await failed.execute() : [])].map(toTask);
  },
  sessionOfTask: async (id) => {
    const row = await sql.selectFrom('task').select('session_id').where('id', '=', id).executeTakeFirst();
    if (!row) throw noTask(id);
    return row.session_id;
  },
});
