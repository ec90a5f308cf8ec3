/** How fast a worker is, and how much it gets done, by the recordings that it has finished. */
import type { Throughput as Told, Transcript } from '@bulk-transcribe/protocol';

const HOUR_MS = 60 * 60_000;
/** Recordings whose speed counts. */
const SPEEDS = 5;

interface Finished {
  /** On the monotonic clock, milliseconds. */
  readonly at: number;
  readonly durationSec: number;
  readonly timesRealTime: number;
}

export class Throughput {
  readonly #now: () => number;
  /** Oldest first: those of the last hour, and as many before as count for the speed. */
  #finished: readonly Finished[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  note({ durationSec, provenance: { timesRealTime } }: Pick<Transcript, 'durationSec' | 'provenance'>): void {
    const all = [...this.#finished, { at: this.#now(), durationSec, timesRealTime }];
    this.#finished = all.filter((one, i) => this.#isRecent(one) || i >= all.length - SPEEDS);
  }

  /** Median over the last recordings; null where nothing has run here yet. */
  get timesRealTime(): number | null {
    const sorted = this.#finished
      .slice(-SPEEDS)
      .map(({ timesRealTime }) => timesRealTime)
      .toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? null;
  }

  get lastHour(): Told {
    const recent = this.#finished.filter((one) => this.#isRecent(one));
    return { recordings: recent.length, durationSec: recent.reduce((sum, { durationSec }) => sum + durationSec, 0) };
  }

  #isRecent({ at }: Finished): boolean {
    return this.#now() - at < HOUR_MS;
  }
}
