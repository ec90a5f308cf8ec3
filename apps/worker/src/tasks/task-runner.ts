/**
 * Takes queued tasks to the engine, as many at once as it has slots, in the order in which their inputs became complete.
 *
 * Those at work at once have one model: another one would wait inside the engine for them to end. Where the engine dies with
 * several, each goes on behind its last finished window, alone from then on (`suspicions.ts`).
 */
import { AppError, killsAt, type TaskRequest, type Transcript, toAppError } from '@bulk-transcribe/protocol';
import { isDiskFull } from '@bulk-transcribe/service';
import type { Engine, SpeechEvent } from '@bulk-transcribe/speech';
import type { Logger } from 'pino';
import { loadEngine } from '../engine/engine-loader.ts';
import type { FetchModel } from '../engine/fetch-model.ts';
import type { Lifecycle } from '../life/lifecycle.ts';
import type { WorkInProgress } from '../life/work-in-progress.ts';
import { Suspicions } from './suspicions.ts';
import type { Attempt, Task } from './task.ts';
import type { TaskStore } from './task-store.ts';

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

/** An attempt in the engine's hands. */
interface Run {
  readonly task: Task;
  readonly attempt: Attempt;
  readonly work: WorkInProgress;
  readonly abort: AbortController;
  readonly log: Logger;
}

/** How a run leaves the engine: with its end reported; to be taken up again; or with an error that was reported. */
type Outcome = 'over' | 'again' | AppError;

export class TaskRunner {
  readonly #options: TaskRunnerOptions;
  readonly #closing = new AbortController();
  readonly #suspicions: Suspicions;
  /** By id of the task. */
  readonly #runs = new Map<string, Run>();
  readonly #ending = new Set<Promise<void>>();
  /** Attempts whose engine died: as good as at work, so that an ending worker still finishes them. */
  readonly #again = new Map<string, Disposable>();

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
    this.#suspicions = new Suspicions(options.store.interrupted);
  }

  /** Loads the engine in the background, then works whenever there is something to do. */
  start(): void {
    const { store, lifecycle } = this.#options;
    store.on('queued', () => this.#takeNext());
    store.on('stopped', (attempt) => this.#stop(attempt));
    lifecycle.on('overdue', (work) => void this.#endOverdue(work));
    lifecycle.on('change', ({ to }) => {
      if (to === 'idle') this.#takeNext();
      if (to === 'booting') this.#load();
    });
    this.#load();
  }

  /** Aborts what runs; it is queued again, for the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#ending);
  }

  /** Goes on in the background; it ends by itself when we close or the engine is closed. */
  #load(): void {
    const { engine, model, lifecycle, log, engineRetryMs, fetchModel } = this.#options;
    const retry = engineRetryMs === undefined ? {} : { firstRetryMs: engineRetryMs };
    void loadEngine({ engine, model, lifecycle, log, signal: this.#closing.signal, fetchModel, ...retry });
  }

  #takeNext(): void {
    for (let task = this.#next; task && this.#mayBegin(task); task = this.#next) this.#begin(task);
  }

  get #next(): Task | undefined {
    const { store, lifecycle } = this.#options;
    const isEnding = lifecycle.state === 'draining';
    return store.queued.find(({ record: { request } }) => !this.#runs.has(request.id) && (!isEnding || this.#again.has(request.id)));
  }

  #mayBegin({ record: { request } }: Task): boolean {
    const { engine, lifecycle } = this.#options;
    if (!['idle', 'busy', 'draining'].includes(lifecycle.state) || this.#closing.signal.aborted) return false;
    const others = [...this.#runs.values()].map(({ task }) => task.record.request);
    if (others.length === 0) return true;
    if ([request, ...others].some(({ id, alone }) => alone === true || this.#suspicions.isSuspect(id))) return false;
    return others.length < engine.slots() && others.every((other) => haveOneModel(other, request));
  }

  #begin(task: Task): void {
    const { lifecycle, log } = this.#options;
    const { id, attempt } = task.record.request;
    const run: Run = { task, attempt: { id, attempt }, work: lifecycle.workBegins(), abort: new AbortController(), log: log.child({ id, attempt }) };
    this.#letGo(id);
    this.#suspicions.begins(id);
    this.#runs.set(id, run);
    const ended = this.#work(run).finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  #stop({ id, attempt }: Attempt): void {
    this.#letGo(id);
    const run = this.#runs.get(id);
    if (run?.attempt.attempt === attempt) run.abort.abort();
  }

  #letGo(id: string): void {
    this.#again.get(id)?.[Symbol.dispose]();
    this.#again.delete(id);
  }

  /**
   * The task is reported as failed before anything else happens: whoever waits for it hears of it, whatever becomes of us. Others
   * may hang with it in the engine, which is ended: they go on in the next one.
   */
  async #endOverdue(work: WorkInProgress): Promise<void> {
    const run = [...this.#runs.values()].find((candidate) => candidate.work === work);
    if (!run) return;
    const { store, lifecycle } = this.#options;
    const { limitMs } = work;
    run.log.warn({ limitMs }, 'the task took too long: it is failed and its engine ended');
    const error = new AppError('execution_timeout', `The task was not done after ${Math.round(limitMs / 1000)} s, the longest it may take here.`);
    await store.fail(run.attempt, error);
    this.#suspicions.diesFor(run.attempt.id, [...this.#runs.keys()]);
    run.abort.abort(error);
    lifecycle.overdueReported();
  }

  /** Never rejects: whatever goes wrong is the end of this attempt, not of the runner. */
  async #work(run: Run): Promise<void> {
    const { lifecycle } = this.#options;
    const { id } = run.attempt;
    const outcome = await this.#transcribe(run, AbortSignal.any([run.abort.signal, this.#closing.signal]));
    this.#runs.delete(id);
    if (outcome === 'again') this.#again.set(id, lifecycle.begin('task'));
    // What one is told may be true of its model alone: the engine is lost where nobody else is at work in it.
    const isLost = outcome instanceof AppError && outcome.code === 'engine_unavailable' && this.#runs.size === 0;
    if (isLost) lifecycle.engineLost(outcome.message, run.work);
    else lifecycle.workEnded(run.work);
    this.#takeNext();
  }

  async #transcribe(run: Run, signal: AbortSignal): Promise<Outcome> {
    const { store } = this.#options;
    const { task, attempt, log } = run;
    try {
      if (!(await store.begin(attempt))) return 'over';
      signal.throwIfAborted();
      log.debug({ windows: task.events.windows.length }, 'task begins');
      const { transcript, evidence } = await this.#hear(run, signal);
      await store.succeed(attempt, transcript, evidence);
      this.#suspicions.clear(attempt.id);
      log.info({ durationSec: transcript.durationSec, timesRealTime: transcript.provenance.timesRealTime }, 'task succeeded');
      return 'over';
    } catch (cause) {
      if (this.#closing.signal.aborted) await store.requeue(attempt);
      return signal.aborted ? 'over' : await this.#endOf(run, cause);
    }
  }

  async #hear({ task, attempt, work, log }: Run, signal: AbortSignal): Promise<{ transcript: Transcript; evidence: Uint8Array | null }> {
    const { engine, store, lifecycle } = this.#options;
    const { options, input, work: asked } = task.record.request;
    const hear = asked === 'speakers' ? engine.hearSpeakers : engine.transcribe;
    let evidence: Uint8Array | null = null;
    const onEvent = (event: SpeechEvent): void => {
      if (event.type === 'evidence') evidence = event.evidence;
      if (event.type === 'progress') lifecycle.workIsLong(work, event.progress.totalSec ?? 0);
      if (store.report(attempt, event) && event.type === 'window') log.debug({ window: event.window.index }, 'window finished');
    };
    const transcript = await hear({ path: task.input.path, name: input.name }, options, signal, onEvent, task.events.windows);
    return { transcript, evidence };
  }

  /** Where the engine has died it goes on, unless that is the fault of this very recording. */
  async #endOf(run: Run, cause: unknown): Promise<Outcome> {
    const { store } = this.#options;
    const { id } = run.attempt;
    const { windows } = run.task.events;
    if (!(cause instanceof AppError) || cause.code !== 'engine_crashed') return await this.#fail(run, cause);
    if (this.#suspicions.convicts(id, { aboard: [...this.#runs.keys()], place: windows.length })) {
      return await this.#fail(run, new AppError('recording_kills_worker', killsAt('the speech engine', windows.at(-1)?.end), { cause }));
    }
    run.log.warn({ err: cause, windows: windows.length }, 'the engine died; the task goes on behind the last finished window');
    return (await store.requeue(run.attempt)) ? 'again' : 'over';
  }

  async #fail({ attempt, log }: Run, cause: unknown): Promise<AppError> {
    const error = toTaskFailure(cause);
    log.warn({ err: cause, code: error.code }, 'task failed');
    await this.#options.store.fail(attempt, error);
    return error;
  }
}

/** Hearing speakers needs none. */
const haveOneModel = (one: TaskRequest, other: TaskRequest): boolean =>
  one.work === 'speakers' || other.work === 'speakers' || one.options.model === other.options.model;

function toTaskFailure(cause: unknown): AppError {
  if (isDiskFull(cause)) return new AppError('disk_full', 'The disk of the worker is full.', { cause });
  return toAppError(cause);
}
