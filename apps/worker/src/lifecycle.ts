/**
 * The life of the worker process, as one state machine.
 *
 * - booting: the engine loads. When that fails, `failure` says why and loading is tried again: the process never ends itself for it.
 * - idle: the engine is loaded and free. - busy: the engine works on a task.
 * - draining: finishes what runs, takes nothing new. - terminating: closes now; what runs goes on after the next start.
 * - terminated: closed.
 *
 * Whatever later decides about the process's end (idle time, lifetime, drain) listens to `change` and moves this machine.
 */
import { EventEmitter } from 'node:events';
import { AppError, type Health, type LifecycleReport, type WorkerState } from '@bulk-transcribe/protocol';
import type { EngineInfo } from '@bulk-transcribe/speech';

const transitions: Readonly<Record<WorkerState, readonly WorkerState[]>> = {
  booting: ['idle', 'terminating'],
  idle: ['busy', 'booting', 'draining', 'terminating'],
  busy: ['idle', 'booting', 'draining', 'terminating'],
  draining: ['terminating'],
  terminating: ['terminated'],
  terminated: [],
};

export interface LifecycleChange {
  readonly from: WorkerState;
  readonly to: WorkerState;
}

export class Lifecycle extends EventEmitter<{ change: [LifecycleChange] }> {
  #state: WorkerState = 'booting';
  #failure = '';
  #engine: EngineInfo | null = null;
  readonly #closedBecause: string;

  /** `closedBecause`: why this worker can never take work as it was started; empty when it can. */
  constructor(closedBecause: string) {
    super();
    this.#closedBecause = closedBecause;
  }

  get state(): WorkerState {
    return this.#state;
  }

  /** What the engine computes with; null until it is loaded. */
  get engine(): EngineInfo | null {
    return this.#engine;
  }

  get accepting(): boolean {
    return this.#refusal() === null;
  }

  get health(): Health {
    const { state, accepting } = this;
    const reason = this.#closedBecause || this.#failure;
    const status = reason ? 'failed' : accepting ? 'ok' : 'starting';
    return { status, state, accepting, message: reason || (this.#refusal()?.message ?? ''), lifecycle: this.report };
  }

  get report(): LifecycleReport {
    return {
      state: this.#state,
      keptAliveBy: ['worker_zero'],
      idleLeftMs: null,
      endsAt: null,
      willEndBecause: null,
      platform: 'none',
      armed: false,
      notArmedBecause: 'This worker does not end itself.',
      lifetimeFrom: null,
      volume: false,
      termination: null,
    };
  }

  /** Throws the reason why a new task cannot be taken now. */
  assertAccepting(): void {
    const refusal = this.#refusal();
    if (refusal) throw refusal;
  }

  engineLoaded(engine: EngineInfo): void {
    if (this.#state !== 'booting') return;
    this.#engine = engine;
    this.#failure = '';
    this.#moveTo('idle');
  }

  /** The engine could not be loaded; it stays `booting` and is tried again. */
  engineFailed(message: string): void {
    this.#failure = message;
  }

  /** The loaded engine cannot work any more and has to be loaded again. */
  engineLost(message: string): void {
    if (this.#state !== 'idle' && this.#state !== 'busy') return;
    this.#engine = null;
    this.#failure = message;
    this.#moveTo('booting');
  }

  workBegins(): void {
    this.#moveTo('busy');
  }

  workEnded(): void {
    if (this.#state === 'busy') this.#moveTo('idle');
  }

  terminating(): void {
    if (this.#state !== 'terminating' && this.#state !== 'terminated') this.#moveTo('terminating');
  }

  terminated(): void {
    this.#moveTo('terminated');
  }

  #moveTo(to: WorkerState): void {
    const from = this.#state;
    if (!transitions[from].includes(to)) throw new Error(`The worker cannot go from ${from} to ${to}.`);
    this.#state = to;
    this.emit('change', { from, to });
  }

  #refusal(): AppError | null {
    if (this.#closedBecause) return new AppError('worker_unavailable', this.#closedBecause);
    switch (this.#state) {
      case 'idle':
      case 'busy':
        return null;
      case 'booting':
        return this.#failure
          ? new AppError('engine_unavailable', this.#failure)
          : new AppError('worker_unavailable', 'The worker is loading its speech engine.');
      case 'draining':
      case 'terminating':
      case 'terminated':
        return new AppError('shutting_down', 'The worker is stopping and takes no new task.');
      default:
        return this.#state satisfies never;
    }
  }
}
