/**
 * One life by a seed: a schedule of work in one to four slots, engines that die, uploads, holds, lost contact, dates that are set,
 * restarts of the container and an API that fails, against what must always hold. A slow, obvious twin says when the worker may end
 * and when it must have.
 */
import type { WorkerState } from '@bulk-transcribe/protocol';
import { pino } from 'pino';
import { expect } from 'vitest';
import { seeded } from '../../../../e2e/seeded.ts';
import { pauseOn } from '../../src/life/clock.ts';
import { endOfLife } from '../../src/life/end-of-life.ts';
import { Lifecycle } from '../../src/life/lifecycle.ts';
import type { WorkInProgress } from '../../src/life/work-in-progress.ts';
import { fakeEngineInfo } from '../fake-engine.ts';
import { FakeClock } from './fake-clock.ts';
import { limitsFor, pod } from './lives.ts';
import { RandomCloud } from './random-cloud.ts';

const STEPS = 24;
const MOST_SLOTS = 4;
const MINUTE = 60_000;
const IDLE_MS = 60_000;
const CONTACT_MS = 15 * MINUTE;
const DRAIN_MS = 2 * MINUTE;
const LIFETIME_MS = 45 * MINUTE;
/** Settling (at most 5 s) and bringing results to the bucket (at most 30 s). */
const RESCUE_MS = 35_000;
/** From the moment at which nothing keeps it any more: that, and the pauses of a deletion that is refused at first. */
const GRACE_MS = RESCUE_MS + 10 * MINUTE;

const log = pino({ level: 'silent' });

/** Lets everything happen that only waits for promises. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

interface Held {
  readonly end: () => void;
}

export class RandomLife {
  readonly #clock = new FakeClock();
  readonly #random: () => number;
  readonly #cloud: RandomCloud;
  readonly #bornAt = 0;
  #lifecycle: Lifecycle;
  #states: WorkerState[] = [];
  #exit = new AbortController();
  readonly #slots: number;
  /** Tasks in the engine's hands. */
  #running: WorkInProgress[] = [];
  /** Tasks whose engine has died, and that wait for the next one. */
  #again: Held[] = [];
  #results = 0;
  #uploads: Held[] = [];
  /** The twin's memory: when it was last kept by something, who has asked when, how long holds last. */
  #keptAt = 0;
  #contactAt = 0;
  #firstContactAt: number | null = null;
  #holdUntil = 0;
  #bootAt = 0;
  #endAt: number | null = null;
  #endedBy = '';
  #exitedAt: number | null = null;

  constructor(seed: number) {
    this.#random = seeded(seed);
    this.#cloud = new RandomCloud(this.#clock, this.#random);
    this.#slots = 1 + Math.floor(this.#random() * MOST_SLOTS);
    this.#lifecycle = this.#boot();
  }

  /** Throws where the life does not go as it must. */
  async live(): Promise<void> {
    for (let step = 0; step < STEPS && this.#cloud.goneAt === null; step++) {
      await this.#passTo(this.#clock.now() + Math.round(this.#random() ** 3 * 10 * MINUTE));
      if (this.#endAt === null) this.#doSomething();
    }
    this.#letGoOfAll();
    const quietAt = this.#clock.now();
    await this.#passTo(quietAt + CONTACT_MS + DRAIN_MS + IDLE_MS + GRACE_MS);
    const { goneAt } = this.#cloud;
    expect(goneAt, 'never alive for ever when nothing keeps it').not.toBeNull();
    expect(this.#cloud.firstCallAt, 'nothing keeps it from its deletion beyond its lifetime').toBeLessThanOrEqual(this.#bornAt + LIFETIME_MS);
    expect((goneAt ?? 0) - (this.#endAt ?? 0), 'an end is over after its drain and its grace').toBeLessThanOrEqual(DRAIN_MS + GRACE_MS);
    expect(this.#exitedAt, 'the process exits five minutes after the deletion was accepted, never before').toBe((goneAt ?? 0) + 5 * MINUTE);
    this.#exit.abort();
  }

  #boot(): Lifecycle {
    const lifecycle = new Lifecycle({
      clock: this.#clock,
      limits: limitsFor({ idleMs: IDLE_MS, executionMs: 30 * MINUTE, drainMs: DRAIN_MS, rescueMs: RESCUE_MS }),
      platform: pod,
    });
    this.#exit = new AbortController();
    this.#states = ['booting'];
    this.#bootAt = this.#clock.now();
    this.#keptAt = this.#bootAt;
    this.#contactAt = this.#bootAt;
    this.#firstContactAt = null;
    this.#holdUntil = 0;
    this.#uploads = [];
    this.#running = [];
    this.#again = [];
    lifecycle.on('change', ({ from, to, reason }) => {
      expect(from, 'never two states at once').toBe(this.#states.at(-1));
      this.#states.push(to);
      if (to === 'draining' || to === 'terminating') this.#ends(to, reason ?? '');
    });
    lifecycle.on('overdue', (work) => {
      expect(this.#running, 'none is overdue twice, or when it is over').toContain(work);
      this.#endTask(work);
      lifecycle.overdueReported();
    });
    const { signal } = this.#exit;
    const exit = async () => {
      this.#exitedAt = this.#clock.now();
    };
    endOfLife({
      lifecycle,
      platform: pod,
      client: this.#cloud.client,
      graphql: true,
      clock: this.#clock,
      log,
      signal,
      settle: async () => await this.#takeUpTo(20_000, signal),
      rescue: async () => await this.#takeUpTo(2 * MINUTE, signal),
      exit,
    });
    lifecycle.lifetimeIs(this.#bornAt + LIFETIME_MS - this.#clock.now(), 'volume');
    lifecycle.backlogIs({ work: 0, results: this.#results });
    lifecycle.engineLoaded(fakeEngineInfo);
    return lifecycle;
  }

  /** Half of what is to be brought to safety takes a while, and some of it longer than it is waited for. */
  async #takeUpTo(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#random() < 0.5) await pauseOn(this.#clock, this.#random() * ms, signal);
  }

  /** The twin looks at an end as it begins: there must be a reason that it knows, too. */
  #ends(to: 'draining' | 'terminating', reason: string): void {
    if (this.#endAt !== null) return;
    const now = this.#clock.now();
    this.#endAt = now;
    this.#endedBy = reason;
    const isKept = this.#tasks > 0 || this.#uploads.length > 0 || this.#results > 0 || this.#holdUntil > now;
    if (reason === 'idle') {
      expect(to).toBe('terminating');
      expect(isKept, 'never ended for being idle while something keeps it').toBe(false);
      const from = Math.max(this.#keptAt, this.#holdUntil, Math.min(this.#firstContactAt ?? Number.POSITIVE_INFINITY, this.#bootAt + CONTACT_MS));
      expect(now, 'nor before its idle time is over').toBeGreaterThanOrEqual(from + IDLE_MS);
    } else if (reason === 'lost_contact') {
      expect(this.#tasks + this.#results).toBeGreaterThan(0);
      expect(now).toBeGreaterThanOrEqual(this.#contactAt + CONTACT_MS);
    } else if (reason === 'lifetime') {
      expect(now).toBeGreaterThanOrEqual(this.#bornAt + LIFETIME_MS - DRAIN_MS - RESCUE_MS);
    } else {
      expect(reason).toBe('execution_timeout');
    }
  }

  /** Begun and not ended. */
  get #tasks(): number {
    return this.#running.length + this.#again.length;
  }

  /** Time passes; on the way the twin sees to it that nothing lives on that should have ended. */
  async #passTo(at: number): Promise<void> {
    await this.#clock.goTo(at, settle);
    const now = this.#clock.now();
    if (this.#endAt === null) expect(this.#lifecycle.state, 'busy while a task is in the engine').toBe(this.#running.length > 0 ? 'busy' : 'idle');
    expect(now > this.#bornAt + LIFETIME_MS && this.#endAt === null, 'no life beyond its lifetime').toBe(false);
    const isKept = this.#tasks > 0 || this.#uploads.length > 0 || this.#results > 0 || this.#holdUntil > now;
    if (isKept || this.#endAt !== null) return;
    const from = Math.max(this.#keptAt, this.#holdUntil, Math.min(this.#firstContactAt ?? Number.POSITIVE_INFINITY, this.#bootAt + CONTACT_MS));
    expect(now, 'an idle life ends at its idle time').toBeLessThan(from + IDLE_MS);
  }

  #doSomething(): void {
    const acts = [
      () => this.#beginTask(),
      () => this.#endTask(this.#running[Math.floor(this.#random() * this.#running.length)]),
      () => this.#engineDies(),
      () => this.#beginAgain(),
      () => this.#acknowledge(),
      () => this.#beginUpload(),
      () => this.#endUpload(),
      () => this.#hold(),
      () => this.#ask(),
      () => this.#clock.setDate((this.#random() - 0.5) * 48 * 60 * MINUTE),
      () => this.#restart(),
    ];
    acts[Math.floor(this.#random() * acts.length)]?.();
  }

  #beginTask(): void {
    if (this.#tasks >= this.#slots || !this.#lifecycle.accepting) return;
    this.#ask();
    this.#running.push(this.#lifecycle.workBegins());
    this.#tellBacklog();
  }

  #endTask(work: WorkInProgress | undefined): void {
    if (!work) return;
    this.#running = this.#running.filter((other) => other !== work);
    this.#results += 1;
    this.#tellBacklog();
    this.#lifecycle.workEnded(work);
  }

  /** All that was in it waits for the next one. */
  #engineDies(): void {
    for (const work of this.#running.splice(0)) {
      const again = this.#lifecycle.begin('task');
      this.#again.push({ end: () => again[Symbol.dispose]() });
      this.#lifecycle.workEnded(work);
    }
  }

  #beginAgain(): void {
    const again = this.#again.pop();
    if (!again) return;
    this.#running.push(this.#lifecycle.workBegins());
    again.end();
  }

  #acknowledge(): void {
    if (this.#results === 0) return;
    this.#ask();
    this.#results -= 1;
    this.#tellBacklog();
  }

  #beginUpload(): void {
    this.#ask();
    if (this.#endAt !== null) return;
    const upload = this.#lifecycle.begin('upload');
    this.#keptAt = this.#clock.now();
    this.#uploads.push({ end: () => upload[Symbol.dispose]() });
  }

  #endUpload(): void {
    const upload = this.#uploads.pop();
    if (!upload) return;
    this.#keptAt = this.#clock.now();
    upload.end();
  }

  #hold(): void {
    this.#ask();
    if (this.#endAt !== null) return;
    const ms = Math.ceil(this.#random() * MINUTE);
    this.#holdUntil = Math.max(this.#holdUntil, this.#clock.now() + ms);
    this.#lifecycle.hold(ms);
  }

  #ask(): void {
    this.#contactAt = this.#clock.now();
    this.#firstContactAt ??= this.#contactAt;
    this.#lifecycle.contact();
  }

  #tellBacklog(): void {
    this.#keptAt = this.#clock.now();
    this.#lifecycle.backlogIs({ work: this.#tasks, results: this.#results });
  }

  /** The container is started again: what ran is gone, results are on the volume, and so is the time of birth. */
  #restart(): void {
    this.#exit.abort();
    this.#lifecycle.removeAllListeners();
    this.#lifecycle = this.#boot();
  }

  #letGoOfAll(): void {
    if (this.#endAt !== null) return;
    while (this.#again.length > 0 && this.#endAt === null) this.#beginAgain();
    while (this.#running.length > 0 && this.#endAt === null) this.#endTask(this.#running[0]);
    while (this.#results > 0 && this.#endAt === null) this.#acknowledge();
    while (this.#uploads.length > 0) this.#endUpload();
  }

  get endedBy(): string {
    return this.#endedBy;
  }
}
