import type { Clock } from '../../src/life/clock.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly step: () => void;
}

/** A clock that moves when it is told to, step by step from one timer to the next. Its date can be set without its time moving. */
export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now = 0;
  #wallAhead: number;
  #count = 0;

  constructor(wall = Date.parse('2026-11-25T00:00:00Z')) {
    this.#wallAhead = wall;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#now + this.#wallAhead;
  }

  /** Somebody sets the machine's date. */
  setDate(by: number): void {
    this.#wallAhead += by;
  }

  after(ms: number, step: () => void): Disposable {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#count++, step };
    this.#timers.add(timer);
    return { [Symbol.dispose]: () => this.#timers.delete(timer) };
  }

  /** Lets time pass up to `at`. What timers set off at once happens on the way; `settle` waits for what they set off later. */
  async goTo(at: number, settle?: () => Promise<void>): Promise<void> {
    for (let timer = this.#due(at); timer; timer = this.#due(at)) {
      this.#fire(timer);
      await settle?.();
    }
    this.#now = Math.max(this.#now, at);
  }

  /** The same for what happens without a promise. */
  pass(ms: number): void {
    const at = this.#now + ms;
    for (let timer = this.#due(at); timer; timer = this.#due(at)) this.#fire(timer);
    this.#now = at;
  }

  /** Time stood still for the process, then all timers are late by that. */
  sleepThrough(ms: number): void {
    this.#now += ms;
  }

  #fire(timer: Timer): void {
    this.#timers.delete(timer);
    this.#now = Math.max(this.#now, timer.at);
    timer.step();
  }

  #due(until: number): Timer | undefined {
    const due = [...this.#timers].filter(({ at }) => at <= until);
    return due.toSorted((one, other) => one.at - other.at || one.order - other.order)[0];
  }
}
