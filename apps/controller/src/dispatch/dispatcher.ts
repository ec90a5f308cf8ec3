/**
 * Gives waiting tasks to workers with a free slot, and tells workers what is over.
 *
 * A worker holds a task by a lease that is renewed as long as it answers. One that is silent for too long loses it: the task
 * waits again and goes on from its checkpoint wherever there is a slot. What a worker had when the controller ended is taken
 * up again at once, under the same attempt: there is one controller (several on one PostgreSQL will adopt only what no lease
 * holds).
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

/** Four chances within a lease. */
const HEARTBEAT_MS = 15_000;

export interface Heartbeats {
  readonly heartbeatMs?: number;
}

export interface DispatcherOptions extends Pick<RunParts, 'recordingPath' | 'observer'>, Heartbeats {
  readonly ledger: TaskLedger;
  readonly links: readonly WorkerLink[];
  readonly log: Logger;
}

type Runs = Map<string, { readonly attempt: Attempt; readonly done: Promise<void> }>;

const keyOf = ({ taskId, attempt }: Attempt): string => `${taskId} ${attempt}`;

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #closing = new AbortController();
  readonly #serving: Promise<unknown>;
  readonly #sweeping: NodeJS.Timeout;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#sweeping = setInterval(() => void this.#releaseExpired(), options.heartbeatMs ?? HEARTBEAT_MS);
    setMaxListeners(0, this.#closing.signal);
    this.#serving = Promise.all(options.links.map((link) => this.#serve(link)));
  }

  /** Lets go of every running task; the next start takes them up again. */
  async close(): Promise<void> {
    this.#closing.abort(new AppError('shutting_down', 'The controller is stopping.'));
    clearInterval(this.#sweeping);
    await this.#serving;
  }

  async #serve(link: WorkerLink): Promise<void> {
    const { ledger } = this.#options;
    const { signal } = this.#closing;
    const runs: Runs = new Map();
    using wake = ledger.whenQueued();
    const ring = (): void => wake.ring();
    link.on('change', ring);
    const looking = setInterval(ring, LOOK_EVERY_MS);
    const begin = (task: ClaimedTask): void => {
      const done = this.#run(link, task).finally(() => runs.delete(keyOf(task)) && ring());
      runs.set(keyOf(task), { attempt: task, done });
    };
    const beating = setInterval(() => void this.#renew(link, runs), this.#options.heartbeatMs ?? HEARTBEAT_MS);
    for (const task of await ledger.inFlight(link.name)) begin(task);
    await this.#renew(link, runs, { asNew: true });
    while (!signal.aborted) {
      await this.#turn({ link, runs, begin });
      await wake.next(signal).catch(() => undefined);
    }
    clearInterval(looking);
    clearInterval(beating);
    link.off('change', ring);
    await Promise.all([...runs.values()].map(({ done }) => done));
  }

  /** For a worker that answers. `asNew`: one that may still be starting gets as long as any other. */
  async #renew(link: WorkerLink, runs: Runs, { asNew = false } = {}): Promise<void> {
    const { ledger, log } = this.#options;
    if (!link.ping && !asNew) return;
    const attempts = [...runs.values()].map(({ attempt }) => attempt);
    await ledger.renew(attempts).catch((err: unknown) => log.warn({ err, worker: link.name }, 'no heartbeat could be stored'));
  }

  async #releaseExpired(): Promise<void> {
    const { ledger, log } = this.#options;
    try {
      for (const attempt of await ledger.expired()) {
        const reason = new AppError('worker_unavailable', 'The worker has not answered for too long; the recording goes on from where it was.');
        if (await ledger.release(attempt, reason)) log.warn({ ...attempt }, 'a worker lost its claim on a task');
      }
    } catch (err) {
      log.warn({ err }, 'tasks of silent workers could not be released');
    }
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
