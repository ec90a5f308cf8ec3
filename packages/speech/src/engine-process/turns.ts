/** So many at once, in the order in which they came. */
import { cancelled } from '../cancel.ts';

export class Turns {
  /** As it is at each moment. */
  readonly #most: () => number;
  /** Begins of those that wait. */
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(most: () => number) {
    this.#most = most;
  }

  /** Answers how to end the turn, once it has come. Rejects with cancelled where `signal` aborts before. */
  take(signal?: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled(signal));
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(begin), 1);
        if (signal) reject(cancelled(signal));
      };
      const begin = () => {
        signal?.removeEventListener('abort', abort);
        resolve(() => this.#end());
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(begin);
      this.#next();
    });
  }

  #next(): void {
    while (this.#running < this.#most()) {
      const begin = this.#waiting.shift();
      if (!begin) return;
      this.#running += 1;
      begin();
    }
  }

  #end(): void {
    this.#running -= 1;
    this.#next();
  }
}
