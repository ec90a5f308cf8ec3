/** The tasks that the engine works on: when each has had its time, and when it should be gone. Times are milliseconds of one clock. */
import { executionLimitMs, type Limits } from './limits.ts';

/** An engine that is still at work so long after it was ended cannot be ended (a GPU driver that hangs): then the worker goes. */
const STUCK_MS = 30_000;

export class WorkInProgress {
  readonly #since: number;
  readonly #limits: Limits;
  #totalSec = 0;
  /** At work at a time, this one included; the most so far. */
  #atOnce = 1;
  #overdueSince: number | null = null;

  constructor(since: number, limits: Limits) {
    this.#since = since;
    this.#limits = limits;
  }

  get limitMs(): number {
    return executionLimitMs(this.#limits, this.#totalSec, this.#atOnce);
  }

  /** When to look at it again. */
  get nextLookAt(): number {
    return this.#overdueSince === null ? this.#since + this.limitMs : this.#overdueSince + STUCK_MS;
  }

  /** The recording is so long, seconds: the limit may grow with it. */
  isLong(totalSec: number): void {
    this.#totalSec = Math.max(this.#totalSec, totalSec);
  }

  /** So many are at work now: each has a part of the machine, and more time. */
  sharesWith(atOnce: number): void {
    this.#atOnce = Math.max(this.#atOnce, atOnce);
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

/** All of them. */
export class WorksInProgress {
  readonly #works = new Set<WorkInProgress>();

  get size(): number {
    return this.#works.size;
  }

  /** When to look at them again; null where there are none. */
  get nextLookAt(): number | null {
    return this.#works.size === 0 ? null : Math.min(...[...this.#works].map((work) => work.nextLookAt));
  }

  begin(since: number, limits: Limits): WorkInProgress {
    const begun = new WorkInProgress(since, limits);
    this.#works.add(begun);
    for (const work of this.#works) work.sharesWith(this.#works.size);
    return begun;
  }

  end(work: WorkInProgress): void {
    this.#works.delete(work);
  }

  /** Those that have had their time, each once. */
  newlyOverdue(now: number): WorkInProgress[] {
    return [...this.#works].filter((work) => work.becomesOverdue(now));
  }

  isStuck(now: number): boolean {
    return [...this.#works].some((work) => work.isStuck(now));
  }
}
