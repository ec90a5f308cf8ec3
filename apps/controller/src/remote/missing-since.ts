import { ForeignAnswer } from '../workers/worker-answer.ts';

/**
 * Since when each address has answered 404 in the place of a worker: for some minutes that is a pod that starts, after that
 * a port that is not exposed.
 */
export class MissingSince {
  /** Milliseconds on a monotonic clock. */
  readonly #now: () => number;
  readonly #since = new Map<string, number>();

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** A worker answered. */
  found(url: string): void {
    this.#since.delete(url);
  }

  /** For how long it has been so, milliseconds; 0 where the failure is another one. */
  note(url: string, failure: unknown): number {
    const { cause } = failure as { cause?: unknown };
    if (!(cause instanceof ForeignAnswer && cause.statusCode === 404)) {
      this.#since.delete(url);
      return 0;
    }
    const since = this.#since.get(url) ?? this.#now();
    this.#since.set(url, since);
    return this.#now() - since;
  }
}
