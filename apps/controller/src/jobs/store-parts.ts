import type { Database } from '../database/database.ts';
import type { Change } from './change.ts';
import type { TaskQueue } from './task-queue.ts';

/** What the parts of the job store work with. */
export interface StoreParts {
  readonly database: Database;
  readonly queue: TaskQueue;
  /** One transaction; whom it concerns is woken once it is committed. */
  readonly commit: <T>(work: (change: Change) => Promise<T>) => Promise<T>;
}
