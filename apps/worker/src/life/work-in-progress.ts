import { executionLimitMs, type Limits } from './limits.ts';

/** An engine that is still at work so long after it was ended cannot be ended (a GPU driver that hangs): then the worker goes. */
const STUCK_MS = 30_000;

/** The task that the engine works on: when it has had its time, and when it should be gone. Times are milliseconds of one clock. */
export class WorkInProgress {
  readonly #since: number;
  readonly #limits: Limits;
  #totalSec = 0;
  #overdueSince: number | null = null;

  constructor(since: number, limits: Limits) {
    this.#since = since;
    this.#limits = limits;
  }

  get limitMs(): number {
    return executionLimitMs(this.#limits, this.#totalSec);
  }

  /** When to look at it again. */
  get nextLookAt(): number {
    return this.#overdueSince === null ? this.#since + this.limitMs : this.#overdueSince + STUCK_MS;
  }

  /** The recording is so long, seconds: the limit may grow with it. */
  isLong(totalSec: number): void {
    this.#totalSec = Math.max(this.#totalSec, totalSec);
  }

  /** True once: when it has had its time. */
  becomesOverdue(now: number): boolean {
    if (this.#overdueSince !== null || now < this.nextLookAt) return false;
    this.#overdueSince = now;
    return true;
  }

  isStuck(now: number): boolean {
    return this.#overdueSince !== null && now >= this.nextLookAt;
  }
}
