/** Time as the worker's life sees it, so that tests can make it pass. */
import { performance } from 'node:perf_hooks';

export interface Clock {
  /** Milliseconds since some moment; never goes back, whatever is done to the machine's date. */
  now(): number;
  /** Milliseconds since 1970 (UTC): for what people read, and for deadlines that are given as a date. */
  wall(): number;
  /** Calls `step` once, about `ms` from now. Longer waits than a timer can hold end early: look at `now` again. */
  after(ms: number, step: () => void): Disposable;
}

/** Longest delay of a Node timer, milliseconds (2^31 - 1; longer ones fire at once). */
const LONGEST_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (ms, step) => {
    const timer = setTimeout(step, Math.min(Math.max(0, Math.ceil(ms)), LONGEST_TIMER_MS));
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};

/** Waits `ms`, or until `signal` aborts; then it resolves, too. */
export async function pauseOn(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = clock.after(ms, done);
    function done(): void {
      timer[Symbol.dispose]();
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
