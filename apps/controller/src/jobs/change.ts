import type { Database, Transaction } from '../database/database.ts';
import { lockSession } from '../database/session-lock.ts';
import type { StoreParts } from './store-parts.ts';
import type { WakeUps } from './wake-ups.ts';

/** A transaction of the job store, and whom to wake once it is committed. */
export interface Change {
  readonly tx: Transaction;
  readonly topics: Set<string>;
}

export const topics = {
  /** A task waits for a worker. */
  queue: 'queue',
  /** The session has new events. */
  session: (sessionId: string): string => `session ${sessionId}`,
  /** The task was moved by its owner. */
  task: (taskId: string): string => `task ${taskId}`,
};

/** Every way to change what the store holds. */
export function changes(database: Database, wakeUps: WakeUps): Pick<StoreParts, 'commit' | 'commitFor'> {
  return {
    commit: (work) => commit(database, wakeUps, work),
    commitFor: (sessionId, work) =>
      commit(database, wakeUps, async (change) => {
        await lockSession(change.tx, sessionId);
        return await work(change);
      }),
  };
}

/** Commits the work, then wakes; where the work throws, nothing was written and nobody wakes. */
async function commit<T>(database: Database, wakeUps: WakeUps, work: (change: Change) => Promise<T>): Promise<T> {
  const woken = new Set<string>();
  const result = await database.transaction((tx) => {
    woken.clear();
    return work({ tx, topics: woken });
  });
  for (const topic of woken) wakeUps.ring(topic);
  return result;
}
