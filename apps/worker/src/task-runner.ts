/** Takes queued tasks to the engine, one after another, in the order in which their inputs became complete. */
import { AppError, killsAt, type Transcript, toAppError } from '@bulk-transcribe/protocol';
import { isDiskFull } from '@bulk-transcribe/service';
import type { Engine, SpeechEvent } from '@bulk-transcribe/speech';
import type { Logger } from 'pino';
import { loadEngine } from './engine-loader.ts';
import type { FetchModel } from './fetch-model.ts';
import type { Lifecycle } from './life/lifecycle.ts';
import type { Attempt, Task } from './task.ts';
import type { TaskStore } from './task-store.ts';

/** One engine, one recording at a time. */
export const SLOTS = 1;

export interface TaskRunnerOptions {
  readonly engine: Engine;
  /** The model that the engine must have. */
  readonly model: string;
  readonly store: TaskStore;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  readonly engineRetryMs?: number | undefined;
  /** Fetches the model before the engine is loaded. */
  readonly fetchModel?: FetchModel | undefined;
}

export class TaskRunner {
  readonly #options: TaskRunnerOptions;
  readonly #closing = new AbortController();
  #run: { readonly attempt: Attempt; readonly abort: AbortController; readonly done: Promise<void> } | null = null;

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
  }

  /** Loads the engine in the background, then works whenever there is something to do. */
  start(): void {
    const { store, lifecycle } = this.#options;
    store.on('queued', () => this.#takeNext());
    store.on('stopped', (attempt) => this.#stop(attempt));
    lifecycle.on('overdue', ({ limitMs }) => void this.#endOverdue(limitMs));
    lifecycle.on('change', ({ to }) => {
      if (to === 'idle') this.#takeNext();
      if (to === 'booting') this.#load();
    });
    this.#load();
  }

  /** Aborts what runs. Its task stays `running` on disk, so that it is queued again at the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#run?.done;
  }

  /** Goes on in the background; it ends by itself when we close or the engine is closed. */
  #load(): void {
    const { engine, model, lifecycle, log, engineRetryMs, fetchModel } = this.#options;
    const retry = engineRetryMs === undefined ? {} : { firstRetryMs: engineRetryMs };
    void loadEngine({ engine, model, lifecycle, log, signal: this.#closing.signal, fetchModel, ...retry });
  }

  #takeNext(): void {
    const { store, lifecycle } = this.#options;
    const task = store.nextQueued;
    if (lifecycle.state !== 'idle' || !task) return;
    const { id, attempt } = task.record.request;
    const abort = new AbortController();
    lifecycle.workBegins();
    this.#run = { attempt: { id, attempt }, abort, done: this.#work(task, { id, attempt }, abort) };
  }

  #stop({ id, attempt }: Attempt): void {
    if (this.#run?.attempt.id === id && this.#run.attempt.attempt === attempt) this.#run.abort.abort();
  }

  /** The task is reported as failed before anything else happens: whoever waits for it hears of it, whatever becomes of us. */
  async #endOverdue(limitMs: number): Promise<void> {
    const run = this.#run;
    if (!run) return;
    const { store, lifecycle, log } = this.#options;
    log.warn({ ...run.attempt, limitMs }, 'the task took too long: it is failed and its engine ended');
    const seconds = Math.round(limitMs / 1000);
    await store.fail(run.attempt, new AppError('execution_timeout', `The task was not done after ${seconds} s, the longest it may take here.`));
    run.abort.abort();
    lifecycle.overdueReported();
  }

  /** Never rejects: whatever goes wrong is the end of this attempt, not of the runner. */
  async #work(task: Task, attempt: Attempt, abort: AbortController): Promise<void> {
    const { lifecycle } = this.#options;
    const signal = AbortSignal.any([abort.signal, this.#closing.signal]);
    const error = await this.#transcribe(task, attempt, signal);
    this.#run = null;
    if (error?.code === 'engine_unavailable') lifecycle.engineLost(error.message);
    else lifecycle.workEnded();
  }

  async #transcribe(task: Task, attempt: Attempt, signal: AbortSignal): Promise<AppError | null> {
    const { engine, store, lifecycle, log } = this.#options;
    const { options, input } = task.record.request;
    const line = log.child({ id: attempt.id, attempt: attempt.attempt });
    try {
      if (!(await store.begin(attempt))) return null;
      signal.throwIfAborted();
      let evidence: Uint8Array | null = null;
      const transcript = await throughCrashes(task, line, () => {
        const { windows } = task.events;
        line.debug({ windows: windows.length }, 'task begins');
        const onEvent = (event: SpeechEvent): void => {
          if (event.type === 'evidence') evidence = event.evidence;
          if (event.type === 'progress') lifecycle.workIsLong(event.progress.totalSec ?? 0);
          if (store.report(attempt, event) && event.type === 'window') line.debug({ window: event.window.index }, 'window finished');
        };
        return engine.transcribe({ path: task.input.path, name: input.name }, options, signal, onEvent, windows);
      });
      await store.succeed(attempt, transcript, evidence);
      line.info({ durationSec: transcript.durationSec, timesRealTime: transcript.provenance.timesRealTime }, 'task succeeded');
      return null;
    } catch (cause) {
      return signal.aborted ? null : await this.#fail(attempt, cause, line);
    }
  }

  async #fail(attempt: Attempt, cause: unknown, line: Logger): Promise<AppError> {
    const error = toTaskFailure(cause);
    line.warn({ err: cause, code: error.code }, 'task failed');
    await this.#options.store.fail(attempt, error);
    return error;
  }
}

/**
 * An engine that dies costs the window it was at: the next one goes on behind the last finished window. Where two die at
 * the same place it is the recording that kills them. Throws recording_kills_worker.
 */
async function throughCrashes(task: Task, line: Logger, run: () => Promise<Transcript>): Promise<Transcript> {
  for (let place = -1; ; ) {
    try {
      return await run();
    } catch (cause) {
      if (!(cause instanceof AppError) || cause.code !== 'engine_crashed') throw cause;
      const { windows } = task.events;
      if (windows.length === place) throw new AppError('recording_kills_worker', killsAt('the speech engine', windows.at(-1)?.end), { cause });
      place = windows.length;
      line.warn({ err: cause, windows: place }, 'the engine died and goes on behind the last finished window');
    }
  }
}

function toTaskFailure(cause: unknown): AppError {
  if (isDiskFull(cause)) return new AppError('disk_full', 'The disk of the worker is full.', { cause });
  return toAppError(cause);
}
