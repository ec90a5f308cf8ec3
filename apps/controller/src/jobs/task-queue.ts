/**
 * The queue of tasks: pg-boss on our own database, so that a task and its queue entry are one transaction.
 * An entry has its task's id and is active as long as the task is dispatched or running; order, retries and their
 * backoff are pg-boss's. There is no dead-letter queue: a task that has failed for good is that, with its error, in our table,
 * where its owner sees it and may queue it again; a second list of the same could only differ. Everything here takes the caller's transaction.
 */

import { fromKysely, PgBoss, type Db as QueueDatabase } from 'pg-boss';
import type { Logger } from 'pino';
import type { Database, Transaction } from '../database/database.ts';
import { groupOf, type TaskKind } from './task-kind.ts';
import { rankOf } from './turns.ts';

const QUEUE = 'transcribe';

/** Attempts of one task before it has failed for good. */
const MAX_ATTEMPTS = 3;
const DAY_SEC = 24 * 60 * 60;

export interface TaskQueueOptions {
  readonly database: Database;
  readonly log: Logger;
  /** Seconds before the second attempt; doubled, with some chance, before the third. */
  readonly retryDelaySec: number;
}

/** What an entry says of its task. */
export interface QueuedTask {
  readonly id: string;
  readonly priority: number;
  readonly turn: number;
  /** As groupOf writes it (task-kind.ts); left out: any worker may take it. */
  readonly kind?: string;
}

const queueSettings = (retryDelaySec: number) => ({
  retryLimit: MAX_ATTEMPTS - 1,
  retryDelay: retryDelaySec,
  retryBackoff: retryDelaySec > 0,
  // A day is the longest pg-boss knows, and a recording may take longer. No matter: an entry that expires under a task
  // at work is handed out again and held on to by `claim`. No heartbeat of its own:
  // the lease in our table (leases.ts) says whether a worker still has the task.
  expireInSeconds: DAY_SEC,
  // A task waits as long as it takes; pg-boss would throw waiting entries away after 14 days.
  retentionSeconds: 10 * 365 * DAY_SEC,
  deleteAfterSeconds: DAY_SEC,
});

export class TaskQueue {
  readonly #boss: PgBoss;

  readonly #pauseSec: number;

  private constructor(boss: PgBoss, pauseSec: number) {
    this.#boss = boss;
    this.#pauseSec = pauseSec;
  }

  static async open({ database, log, retryDelaySec }: TaskQueueOptions): Promise<TaskQueue> {
    const backend = database.kind === 'embedded' ? 'pglite' : 'postgres';
    const boss = new PgBoss({ db: database.queueDatabase, backend, schedule: false, reindex: false, monitorVacuum: false });
    boss.on('error', (err) => log.error({ err }, 'queue error'));
    boss.on('warning', (warning) => log.warn({ warning }, 'queue warning'));
    const settings = queueSettings(retryDelaySec);
    await database.exclusively('bulk-transcribe queue', async () => {
      await boss.start();
      await boss.createQueue(QUEUE, settings);
      await boss.updateQueue(QUEUE, settings);
    });
    await warm(boss);
    return new TaskQueue(boss, 2 * retryDelaySec);
  }

  /** The place of each entry in the queue follows from priority and turn (turns.ts). */
  async append(tx: Transaction, tasks: readonly QueuedTask[]): Promise<void> {
    const entries = tasks.map(toEntry);
    await this.#boss.insert(QUEUE, entries, { db: inside(tx) });
  }

  /** Back to its place, due after a pause; its attempts are counted anew. */
  async waitAgain(tx: Transaction, task: QueuedTask): Promise<void> {
    await this.remove(tx, [task.id]);
    await this.#boss.insert(QUEUE, [{ ...toEntry(task), startAfter: this.#pauseSec }], { db: inside(tx) });
  }

  /** Takes the first entry that is due and not of a kind to leave; the id of its task. */
  async take(tx: Transaction, leave: readonly TaskKind[] = []): Promise<string | null> {
    const [entry] = await this.#boss.fetch(QUEUE, { db: inside(tx), ...(leave.length > 0 && { ignoreGroups: leave.map(groupOf) }) });
    return entry?.id ?? null;
  }

  /** The tasks need no further attempt. */
  async settle(tx: Transaction, taskIds: string | string[]): Promise<void> {
    // includeQueued: the entry of a task that is cancelled while it waits, or one that expired while its task worked on.
    await this.#boss.complete(QUEUE, taskIds, null, { db: inside(tx), includeQueued: true });
  }

  /** An attempt failed: true where another one is due later, false where it was the last. */
  async retry(tx: Transaction, taskId: string, reason: string): Promise<boolean> {
    const db = inside(tx);
    await this.#boss.fail(QUEUE, taskId, { reason }, { db });
    const [entry] = await this.#boss.findJobs(QUEUE, { id: taskId, db });
    return entry?.state === 'retry' || entry?.state === 'created';
  }

  async remove(tx: Transaction, taskIds: readonly string[]): Promise<void> {
    if (taskIds.length > 0) await this.#boss.deleteJob(QUEUE, [...taskIds], { db: inside(tx) });
  }

  async close(): Promise<void> {
    await this.#boss.stop({ graceful: false, close: false });
  }
}

const toEntry = ({ id, priority, turn, kind }: QueuedTask) => ({
  id,
  priority: rankOf(priority, turn),
  ...(kind && { group: { id: kind } }),
});

const inside = (tx: Transaction): QueueDatabase => fromKysely(tx);

/**
 * pg-boss looks a queue up over its main connection when it first meets its name. Inside a transaction that connection
 * waits for the transaction, and the transaction for it. So it meets the name here, before any transaction.
 */
async function warm(boss: PgBoss): Promise<void> {
  await boss.findJobs(QUEUE, { id: '00000000-0000-7000-8000-000000000000' });
}
