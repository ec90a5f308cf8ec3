/** So many at once, in the order in which they came. One that goes alone waits for all before it, and all behind it wait for it. */
import { cancelled } from '../cancel.ts';

interface Wish {
  readonly alone: boolean;
  readonly begin: () => void;
}

export class Turns {
  readonly #most: number;
  readonly #waiting: Wish[] = [];
  #running = 0;
  #isAlone = false;

  constructor(most: number) {
    this.#most = most;
  }

  /** Answers how to end the turn, once it has come. Rejects with cancelled where `signal` aborts before. */
  take(alone: boolean, signal?: AbortSignal): Promise<() => void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled(signal));
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(wish), 1);
        if (signal) reject(cancelled(signal));
        this.#next();
      };
      const wish: Wish = {
        alone,
        begin: () => {
          signal?.removeEventListener('abort', abort);
          resolve(() => this.#end());
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(wish);
      this.#next();
    });
  }

  #next(): void {
    for (let wish = this.#waiting[0]; wish && this.#mayBegin(wish); wish = this.#waiting[0]) {
      this.#waiting.shift();
      this.#running += 1;
      this.#isAlone = wish.alone;
      wish.begin();
    }
  }

  #mayBegin({ alone }: Wish): boolean {
    return alone ? this.#running === 0 : this.#running < this.#most && !this.#isAlone;
  }

  #end(): void {
    this.#running -= 1;
    this.#isAlone = false;
    this.#next();
  }
}
