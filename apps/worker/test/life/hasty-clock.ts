import type { Clock } from '../../src/life/clock.ts';

/** A clock on which every wait is over at once: its time moves on by what was waited for. For code that only ever waits for one thing. */
export class HastyClock implements Clock {
  /** Every wait that was asked for, milliseconds. */
  readonly waits: number[] = [];
  #now = 0;

  now(): number {
    return this.#now;
  }

  wall(): number {
    return Date.parse('2026-11-25T00:00:00Z') + this.#now;
  }

  after(ms: number, step: () => void): Disposable {
    this.waits.push(ms);
    const soon = setImmediate(() => {
      this.#now += ms;
      step();
    });
    return { [Symbol.dispose]: () => clearImmediate(soon) };
  }
}
