import type { Input } from './find-inputs.ts';

/** Before so much has gone by, an estimate is only noise. Milliseconds. */
const FIRST_MS = 5000;

/** How long a batch still takes, by the bytes that are done: lengths are only known of recordings that were opened. */
export class TimeLeft {
  readonly #now: () => number;
  #begun: number | null = null;
  #doneBytes = 0;
  #openBytes: number;

  constructor(inputs: readonly Input[], now: () => number = () => performance.now()) {
    this.#now = now;
    this.#openBytes = inputs.reduce((sum, { size }) => sum + size, 0);
  }

  skip({ size }: Input): void {
    this.#openBytes -= size;
  }

  finish({ size }: Input): void {
    this.#openBytes -= size;
    this.#doneBytes += size;
  }

  /** Seconds; null while nothing can be said. `fraction`: how much of the recording at work is done. */
  after({ size }: Input, fraction: number): number | null {
    this.#begun ??= this.#now();
    const elapsedMs = this.#now() - this.#begun;
    const done = this.#doneBytes + size * fraction;
    if (elapsedMs < FIRST_MS || done <= 0) return null;
    return ((elapsedMs / done) * Math.max(0, this.#openBytes - size * fraction)) / 1000;
  }
}
