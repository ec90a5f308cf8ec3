import type { Database } from '../database/database.ts';
import type { Change } from './change.ts';
import type { TaskQueue } from './task-queue.ts';
import type { WakeUps } from './wake-ups.ts';

/** What the parts of the job store work with. */
export interface StoreParts {
  readonly database: Database;
  readonly queue: TaskQueue;
  readonly wakeUps: WakeUps;
  /** How long a worker's claim on a task holds without a heartbeat. */
  readonly leaseSec: number;
  /** One transaction; whom it concerns is woken once it is committed. */
  readonly commit: <T>(work: (change: Change) => Promise<T>) => Promise<T>;
  /** The same for what a session owns, with its lock. */
  readonly commitFor: <T>(sessionId: string, work: (change: Change) => Promise<T>) => Promise<T>;
}
