/**
 * The life of the worker, as one state machine on a clock that tests can wind.
 *
 * - booting: the engine loads. When that fails, `failure` says why and loading is tried again: the process never ends itself for
 *   it. A worker that was started with wrong settings stays here, closed. The idle time runs in both cases.
 * - idle: the engine is loaded and free. Nothing keeps the worker but what `keepersOf` lists; without any of it the idle time runs.
 * - busy: the engine works on a task, or on several. The execution limit of each runs.
 * - draining: takes nothing new, lets what runs finish and results be fetched, for DRAIN_TIME at most.
 * - terminating: nothing works any more. In a pod it deletes the pod (`seppuku.ts`) and stays alive until it is killed:
 *   an exit would start the container, and the bill, again. Elsewhere the process closes.
 * - terminated: closed.
 *
 * Time counts from the end of boot or from the last release, never from the start of something. Whoever only looks extends nothing.
 * Everything here is synchronous: between the last look at the clock and the closed door no task can slip in.
 */
import { AppError, type EndReason, type Health, type WorkerState } from '@bulk-transcribe/protocol';
import type { EngineInfo } from '@bulk-transcribe/speech';
import { nextEnding } from './deadlines.ts';
import { refusalOf, statusOf } from './refusal.ts';
import { ToldLife } from './told-life.ts';
import { type WorkInProgress, WorksInProgress } from './work-in-progress.ts';

const transitions: Readonly<Record<WorkerState, readonly WorkerState[]>> = {
  booting: ['idle', 'draining', 'terminating'],
  idle: ['busy', 'booting', 'draining', 'terminating'],
  busy: ['idle', 'booting', 'draining', 'terminating'],
  draining: ['terminating'],
  terminating: ['terminated'],
  terminated: [],
};

interface LifecycleChange {
  readonly from: WorkerState;
  readonly to: WorkerState;
  /** Why the worker ends; null while it does not. */
  readonly reason: EndReason | null;
}

interface LifecycleEvents {
  change: [LifecycleChange];
  /** A task that runs has had its time. */
  overdue: [WorkInProgress];
}

export class Lifecycle extends ToldLife<LifecycleEvents> {
  #closedBecause = '';
  #failure = '';
  #loading = '';
  #engine: EngineInfo | null = null;
  readonly #works = new WorksInProgress();
  #timer: Disposable | null = null;

  /** What the engine computes with; null until it is loaded. */
  get engine(): EngineInfo | null {
    return this.#engine;
  }

  get accepting(): boolean {
    return this.#refusal() === null;
  }

  get health(): Omit<Health, 'preparing'> {
    const { state, accepting, report } = this;
    const reason = this.#closedBecause || this.#failure;
    return { status: statusOf(state, reason), state, accepting, message: reason || (this.#refusal()?.message ?? ''), lifecycle: report };
  }

  /** Throws the reason why a new task cannot be taken now. */
  assertAccepting(): void {
    const refusal = this.#refusal();
    if (refusal) throw refusal;
  }

  /** This worker can take no work as it is; `because` says why. The first reason stands. */
  closeIntake(because: string): void {
    this.#closedBecause ||= because;
    this.life.closed = true;
    if (this.life.bootEndedAt === null) this.#bootEnds();
    this.look();
  }

  /** How far the loading is, in words for people. */
  engineLoading(message: string): void {
    this.#loading = message;
  }

  engineLoaded(engine: EngineInfo): void {
    if (this.state !== 'booting') return;
    this.#engine = engine;
    this.#failure = '';
    this.life.engineFailed = false;
    this.#bootEnds();
    this.#moveTo('idle');
  }

  /** The engine could not be loaded; it stays `booting` and is tried again. Another failure extends nothing. */
  engineFailed(message: string): void {
    const isNews = !this.life.engineFailed;
    this.#failure = message;
    this.life.engineFailed = true;
    if (isNews) this.#bootEnds();
    this.look();
  }

  /** The loaded engine cannot work any more, on this or anything, and is loaded again: until that fails it counts as loading. */
  engineLost(message: string, work: WorkInProgress): void {
    this.#works.end(work);
    this.released();
    if (this.state !== 'idle' && this.state !== 'busy') return;
    this.#engine = null;
    this.#failure = message;
    this.#moveTo('booting');
  }

  /** The engine begins with a task: another one, or again with one that was in its hands before a drain began. */
  workBegins(): WorkInProgress {
    if (this.state !== 'busy' && this.state !== 'draining') this.#moveTo('busy');
    const work = this.#works.begin(this.clock.now(), this.life.limits);
    this.look();
    return work;
  }

  /** How long the recording is that is being worked on, seconds: its limit may grow with it. */
  workIsLong(work: WorkInProgress, totalSec: number): void {
    work.isLong(totalSec);
    this.look();
  }

  workEnded(work: WorkInProgress): void {
    this.#works.end(work);
    this.released();
    if (this.state === 'busy' && this.#works.size === 0) this.#moveTo('idle');
  }

  /**
   * An overdue task has been reported as failed. The engine is ended with it; where nothing else waits, so is the worker: what has
   * hung once is not paid for any longer. Worker zero, and one whose controller has more to do, go on with a new engine.
   */
  overdueReported(): void {
    const { limits, platform, backlog, holdUntil } = this.life;
    const isKept = limits.idleMs === null || platform.kind === 'serverless';
    const hasMoreToDo = backlog.work > 0 || holdUntil > this.clock.now();
    if (!isKept && !hasMoreToDo) this.drain('execution_timeout');
  }

  /** Takes nothing new from now on, and ends as soon as everything is handed over, or `limitMs` later. A second drain can only make it shorter. */
  drain(reason: EndReason, limitMs = this.life.limits.drainMs): void {
    const hardEnd = Math.min(this.life.lifetime?.drainedBy ?? Number.POSITIVE_INFINITY, this.end?.until ?? Number.POSITIVE_INFINITY);
    const until = Math.min(this.clock.now() + limitMs, hardEnd);
    if (this.end === null) {
      this.end = { reason, until };
      this.#moveTo('draining');
    } else if (this.state === 'draining') {
      this.end = { reason: reason === 'signal' ? reason : this.end.reason, until };
      this.look();
    }
  }

  /** Ends now. What runs is broken off; on disk it goes on after the next start. */
  terminate(reason: EndReason): void {
    if (this.state === 'terminating' || this.state === 'terminated') return;
    this.end ??= { reason, until: this.clock.now() };
    this.#moveTo('terminating');
  }

  terminated(): void {
    this.#moveTo('terminated');
  }

  /** The one setter. */
  #moveTo(to: WorkerState): void {
    const from = this.state;
    if (!transitions[from].includes(to)) throw new Error(`The worker cannot go from ${from} to ${to}.`);
    this.life.state = to;
    this.emit('change', { from, to, reason: this.end?.reason ?? null });
    this.look();
  }

  #bootEnds(): void {
    this.life.releasedAt = this.clock.now();
    this.life.bootEndedAt ??= this.life.releasedAt;
  }

  protected override look(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    const at = this.#act();
    if (at !== null) this.#timer = this.clock.after(at - this.clock.now(), () => this.look());
  }

  /** Does what is due now. Returns when to look again. */
  #act(): number | null {
    switch (this.state) {
      case 'booting':
      case 'idle':
      case 'busy':
        return this.#actWhileOpen();
      case 'draining':
        return this.#actWhileDraining();
      case 'terminating':
      case 'terminated':
        return null;
      default:
        return this.state satisfies never;
    }
  }

  #actWhileOpen(): number | null {
    const now = this.clock.now();
    const lookAt = this.#watchWork(now);
    const ending = nextEnding(this.life, now);
    const isDue = ending !== null && ending.at <= now;
    if (!isDue && !this.#works.isStuck(now)) return earliest(ending?.at, lookAt);
    if (isDue && ending.reason === 'idle') this.terminate('idle');
    else this.drain(isDue ? ending.reason : 'execution_timeout');
    return null;
  }

  #actWhileDraining(): number | null {
    const now = this.clock.now();
    const until = this.end?.until ?? 0;
    const lookAt = this.#watchWork(now);
    if (!this.#isDrained() && until > now) return earliest(until, this.#works.isStuck(now) ? null : lookAt);
    this.#moveTo('terminating');
    return null;
  }

  /** Tells, once each, of tasks that have had their time. Returns when to look again. */
  #watchWork(now: number): number | null {
    for (const work of this.#works.newlyOverdue(now)) this.emit('overdue', work);
    return this.#works.nextLookAt;
  }

  /** A stop by signal leaves results where they are, on disk. Every other end is the last chance to hand them over. */
  #isDrained(): boolean {
    const isQuiet = this.#works.size === 0 && this.life.activities.size === 0;
    return isQuiet && (this.end?.reason === 'signal' || this.life.backlog.results === 0);
  }

  #refusal(): AppError | null {
    if (this.#closedBecause) return new AppError('worker_unavailable', this.#closedBecause);
    return refusalOf(this.state, { failure: this.#failure, loading: this.#loading });
  }
}

const earliest = (...times: readonly (number | null | undefined)[]): number | null => {
  const known = times.filter((time): time is number => time !== null && time !== undefined && Number.isFinite(time));
  return known.length > 0 ? Math.min(...known) : null;
};
