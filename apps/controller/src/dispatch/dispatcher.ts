/**
 * Gives waiting tasks to workers with a free slot, and tells workers what is over.
 *
 * There is exactly one controller on an embedded database (the lock on DATA_ROOT), so what a worker had when the controller
 * ended is taken up again at once, under the same attempt. Several controllers on one PostgreSQL will need a lease with a
 * heartbeat here (pg-boss: heartbeatSeconds and touch), and adopt only what nobody holds.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import type { Attempt, ClaimedTask, TaskLedger } from '../jobs/task-ledger.ts';
import type { WakeUp } from '../jobs/wake-ups.ts';
import { type RunParts, runTask } from './run-task.ts';
import { settle } from './settle.ts';
import type { WorkerLink } from './worker-link.ts';

/** A look without being woken: for attempts whose backoff is over. As often as pg-boss's own workers look. */
const LOOK_EVERY_MS = 2_000;
/** Pause before an attempt whose end could not be stored is taken up again. */
const STORE_AGAIN_MS = 2_000;

export interface DispatcherOptions extends Pick<RunParts, 'recordingPath' | 'observer'> {
  readonly ledger: TaskLedger;
  readonly links: readonly WorkerLink[];
  readonly log: Logger;
}

const keyOf = ({ taskId, attempt }: Attempt): string => `${taskId} ${attempt}`;

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #closing = new AbortController();
  readonly #serving: Promise<unknown>;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    setMaxListeners(0, this.#closing.signal);
    this.#serving = Promise.all(options.links.map((link) => this.#serve(link)));
  }

  /** Lets go of every running task; the next start takes them up again. */
  async close(): Promise<void> {
    this.#closing.abort(new AppError('shutting_down', 'The controller is stopping.'));
    await this.#serving;
  }

  async #serve(link: WorkerLink): Promise<void> {
    const { ledger } = this.#options;
    const { signal } = this.#closing;
    const runs = new Map<string, Promise<void>>();
    using wake = ledger.whenQueued();
    const ring = (): void => wake.ring();
    link.on('change', ring);
    const looking = setInterval(ring, LOOK_EVERY_MS);
    const begin = (task: ClaimedTask): void => {
      runs.set(
        keyOf(task),
        this.#run(link, task).finally(() => runs.delete(keyOf(task)) && ring()),
      );
    };
    for (const task of await ledger.inFlight(link.name)) begin(task);
    while (!signal.aborted) {
      await this.#turn({ link, runs, begin });
      await wake.next(signal).catch(() => undefined);
    }
    clearInterval(looking);
    link.off('change', ring);
    await Promise.all(runs.values());
  }

  /** Tells the worker what is over, then fills its free slots. */
  async #turn({ link, runs, begin }: { link: WorkerLink; runs: ReadonlyMap<string, unknown>; begin: (task: ClaimedTask) => void }): Promise<void> {
    const { ledger, log } = this.#options;
    const { signal } = this.#closing;
    try {
      await settle({ ledger, link, log, signal, busy: (attempt) => runs.has(keyOf(attempt)) });
      while (!signal.aborted && link.worker && runs.size < (link.ping?.slots.total ?? 0)) {
        const task = await ledger.claim(link.worker);
        if (!task) return;
        begin(task);
      }
    } catch (err) {
      log.error({ err, worker: link.name }, 'no task could be dispatched');
    }
  }

  async #run(link: WorkerLink, task: ClaimedTask): Promise<void> {
    const { ledger } = this.#options;
    const over = new AbortController();
    const signal = AbortSignal.any([this.#closing.signal, over.signal]);
    using stopped = ledger.whenStopped(task.taskId);
    const watching = abortWhenStopped(stopped, over);
    try {
      await this.#untilStored(task, { ...this.#options, link, signal });
    } finally {
      over.abort(new AppError('stale_attempt', 'The attempt is over.'));
      await watching;
    }
  }

  /** Where the end of the attempt cannot be stored (full disk) it is taken up again, or the task would run for ever. */
  async #untilStored(task: ClaimedTask, parts: RunParts): Promise<void> {
    const { ledger, log, signal } = parts;
    while (!signal.aborted) {
      try {
        if (await ledger.holds(task)) await runTask(task, parts);
        return;
      } catch (err) {
        log.error({ err, taskId: task.taskId }, 'the end of an attempt could not be stored; it is taken up again soon');
      }
      await delay(STORE_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function abortWhenStopped(stopped: WakeUp, over: AbortController): Promise<void> {
  try {
    await stopped.next(over.signal);
    over.abort(new AppError('cancelled', 'The task was cancelled.'));
  } catch {
    // The attempt ended by itself.
  }
}
