/**
 * What a worker is told of its life that moves it from no state to another: what keeps it, how long it may live, who has asked.
 * Each may make something due, so the clock is looked at after it.
 */
import { EventEmitter } from 'node:events';
import type { LifecycleReport, LifetimeOrigin, Termination, WorkerState } from '@bulk-transcribe/protocol';
import type { Clock } from './clock.ts';
import { type Activity, type Backlog, type Life, lifetimeOf, newLife } from './deadlines.ts';
import { type End, reportOf } from './life-report.ts';
import type { Limits } from './limits.ts';
import type { Platform } from './platform.ts';
import { ending } from './refusal.ts';

export interface LifecycleOptions {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly platform: Platform;
}

export abstract class ToldLife<Events extends Record<keyof Events, unknown[]>> extends EventEmitter<Events> {
  protected readonly clock: Clock;
  protected readonly life: Life;
  /** Null until the end has begun. */
  protected end: End | null = null;
  #volume = false;
  #termination: Termination | null = null;

  constructor({ clock, limits, platform }: LifecycleOptions) {
    super();
    this.clock = clock;
    this.life = newLife(clock.now(), { limits, platform });
  }

  /** Looks at the clock: does what is due, and has itself called when the next thing is. */
  protected abstract look(): void;

  get state(): WorkerState {
    return this.life.state;
  }

  /** Milliseconds; nothing but the deletion itself may take longer. */
  get lifetimeLeftMs(): number {
    return Math.max(0, (this.life.lifetime?.endsAt ?? Number.POSITIVE_INFINITY) - this.clock.now());
  }

  get report(): LifecycleReport {
    const { clock, end } = this;
    return reportOf(this.life, { now: clock.now(), wall: clock.wall(), end, volume: this.#volume, termination: this.#termination });
  }

  /** Throws shutting_down once the end has begun. What was taken before may go on until then. */
  assertOpen(): void {
    if (this.end) throw ending();
  }

  /** Whether tasks and results outlive a restart of the container. */
  volumeIs(volume: boolean): void {
    this.#volume = volume;
  }

  terminationIs(termination: Termination): void {
    this.#termination = termination;
  }

  /** How much of the lifetime is left, and from when it counts. */
  lifetimeIs(leftMs: number, from: LifetimeOrigin): void {
    this.life.lifetime = lifetimeOf(leftMs, this.clock.now(), { from, limits: this.life.limits });
    this.look();
  }

  /** Tasks that are queued, running, or wait for their acknowledgement. */
  backlogIs(backlog: Backlog): void {
    this.life.backlog = backlog;
    this.released();
  }

  /** Something begins that counts as work; disposing of what comes back ends it, and the idle time counts from there. */
  begin(activity: Activity): Disposable {
    const { activities } = this.life;
    const count = (by: number) => {
      const left = (activities.get(activity) ?? 0) + by;
      if (left > 0) activities.set(activity, left);
      else activities.delete(activity);
      this.released();
    };
    count(1);
    return { [Symbol.dispose]: () => count(-1) };
  }

  /** Keeps the worker for `ms` from now; counts as work. Throws shutting_down when it is too late. */
  hold(ms: number): void {
    this.assertOpen();
    this.life.holdUntil = Math.max(this.life.holdUntil, this.clock.now() + ms);
    this.look();
  }

  /** Somebody who knows the token has asked something. */
  contact(): void {
    this.life.lastContactAt = this.clock.now();
    this.life.firstContactAt ??= this.life.lastContactAt;
    this.look();
  }

  /** Something has ended, or changed, that keeps the worker: the idle time counts from now. */
  protected released(): void {
    this.life.releasedAt = this.clock.now();
    this.look();
  }
}
