/** Pulls jobs as long as the worker takes work and has a free slot; hears which to stop; lets the server know that it lives. */
import { EventEmitter, once } from 'node:events';
import path from 'node:path';
import { pauseOn } from '../life/clock.ts';
import type { Lifecycle } from '../life/lifecycle.ts';
import { growingPause } from './growing-pause.ts';
import { JobFolder } from './job-folder.ts';
import { pingLoop } from './ping-loop.ts';
import { type PulledJob, readStop, readTake } from './read-answer.ts';
import { type JobParts, JobRun } from './run-job.ts';

export interface PullerOptions extends JobParts {
  readonly lifecycle: Lifecycle;
  /** Tasks that the engine takes at a time. */
  readonly slots: () => number;
}

/** Longest pause where something is wrong with the server. */
const LONGEST_TAKE_PAUSE_MS = 30_000;
/** A server that does not hold an empty request for so long is asked at this pace, once it has done so a few times. */
const HELD_MS = 100;
const HASTE_LIMIT = 10;
const UNHELD_PAUSE_MS = 1_000;

interface Held {
  readonly run: JobRun;
  readonly stop: AbortController;
  /** Its end is on disk and only waits to be taken: it needs no slot. */
  isWorked: boolean;
}

export class Puller {
  readonly #options: PullerOptions;
  readonly #closing = new AbortController();
  /** A request that is open when the worker begins to end is given up: its server hands out again what nobody pings for. */
  readonly #ending = new AbortController();
  readonly #held = new Map<string, Held>();
  /** Jobs that are on their way to the disk: a stop may come right behind one. */
  readonly #arriving = new Map<string, AbortController>();
  readonly #changes = new EventEmitter<{ change: [] }>();
  readonly #running = new Set<Promise<void>>();

  private constructor(options: PullerOptions) {
    this.#options = options;
  }

  /** Goes on with the jobs that a former process had in hand, then pulls new ones, in the background. */
  static async start(options: PullerOptions): Promise<Puller> {
    const puller = new Puller(options);
    const { lifecycle, store, log } = options;
    lifecycle.on('change', ({ to }) => {
      if (to === 'draining' || to === 'terminating') puller.#ending.abort();
      puller.#changes.emit('change');
    });
    store.on('changed', () => puller.#changes.emit('change'));
    for (const folder of await JobFolder.readAll(puller.#root, log)) puller.#begin(folder);
    const pings = pingLoop({ ...options, jobIds: () => [...puller.#held.keys()], signal: puller.#closing.signal });
    for (const loop of [puller.#takeLoop(), puller.#stopLoop(), pings]) puller.#keep(loop);
    return puller;
  }

  /** Breaks off what runs; jobs stay on disk. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#changes.emit('change');
    await Promise.all(this.#running);
  }

  get #root(): string {
    return path.join(this.#options.settings.dataRoot, 'jobs');
  }

  get #free(): number {
    const working = [...this.#held.values()].filter(({ isWorked }) => !isWorked).length;
    const { lifecycle, store, slots } = this.#options;
    return lifecycle.accepting ? slots() - Math.max(working, store.backlog.work) : 0;
  }

  #keep(work: Promise<void>): void {
    const kept = work.catch((err: unknown) => this.#options.log.error({ err }, 'pulling jobs broke off')).finally(() => this.#running.delete(kept));
    this.#running.add(kept);
  }

  async #takeLoop(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0, unheld = 0; !signal.aborted; ) {
      if (this.#free <= 0) {
        await once(this.#changes, 'change');
        continue;
      }
      const began = this.#options.clock.now();
      const taken = await this.#take();
      failures = taken.waitMs === null ? failures + 1 : 0;
      unheld = taken.found === 0 && this.#options.clock.now() - began < HELD_MS ? unheld + 1 : 0;
      const waitMs = taken.waitMs ?? growingPause(failures - 1, LONGEST_TAKE_PAUSE_MS);
      await pauseOn(this.#options.clock, unheld > HASTE_LIMIT ? Math.max(waitMs, UNHELD_PAUSE_MS) : waitMs, signal);
    }
  }

  async #take(): Promise<{ waitMs: number | null; found: number }> {
    const { server, log } = this.#options;
    try {
      const answer = await server.take(this.#free, this.#held.size, AbortSignal.any([this.#closing.signal, this.#ending.signal]));
      const { jobs, broken, waitMs } = readTake(answer);
      if (waitMs === null) log.warn({ status: answer.status }, 'the server of jobs did not answer as it should');
      if (jobs.length + broken.length > 0) await this.#acceptAll([...jobs, ...broken.map((id) => ({ id, input: {}, s3Config: null }))]);
      return { waitMs, found: jobs.length + broken.length };
    } catch (cause) {
      const isTimeout = cause instanceof Error && cause.name === 'TimeoutError';
      if (!isTimeout && !this.#closing.signal.aborted && !this.#ending.signal.aborted) log.warn({ err: cause }, 'no jobs could be pulled');
      return { waitMs: isTimeout ? 0 : null, found: 0 };
    }
  }

  /** From here on, without a pause, until they are on disk: the door cannot close over a job that was let in. An empty answer extends nothing. */
  async #acceptAll(jobs: readonly PulledJob[]): Promise<void> {
    using _taken = this.#options.lifecycle.begin('task');
    for (const job of jobs) await this.#accept(job);
  }

  /** One that is in hand already is known. */
  async #accept(job: PulledJob): Promise<void> {
    if (this.#held.has(job.id)) return;
    if (!this.#options.lifecycle.accepting) return;
    const stop = new AbortController();
    this.#arriving.set(job.id, stop);
    const folder = await JobFolder.create(this.#root, job).finally(() => this.#arriving.delete(job.id));
    this.#begin(folder, stop);
  }

  #begin(folder: JobFolder, stop = new AbortController()): void {
    const run = new JobRun(folder, this.#options, { stop: stop.signal, close: this.#closing.signal });
    const held: Held = { run, stop, isWorked: false };
    this.#held.set(folder.record.jobId, held);
    this.#keep(this.#follow(held));
  }

  async #follow(held: Held): Promise<void> {
    const { jobId } = held.run.folder.record;
    using _kept = this.#options.lifecycle.begin('task');
    try {
      await held.run.work();
      held.isWorked = true;
      this.#changes.emit('change');
      if (!this.#closing.signal.aborted) await held.run.settle();
    } finally {
      this.#held.delete(jobId);
      this.#changes.emit('change');
    }
  }

  async #stopLoop(): Promise<void> {
    const { server, clock, log } = this.#options;
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const answer = await server.stop(signal).catch((err: unknown) => {
        log.debug({ err }, 'the server of jobs did not say what to stop');
        return { status: 0, contentType: '', text: '' };
      });
      if (answer === null) return;
      const { ids, waitMs } = readStop(answer);
      for (const id of ids) (this.#held.get(id)?.stop ?? this.#arriving.get(id))?.abort();
      await pauseOn(clock, waitMs, signal);
    }
  }
}
