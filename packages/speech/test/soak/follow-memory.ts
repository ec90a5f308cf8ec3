/** How much memory something holds while a recording is heard, by how far it is. */
import type { SpeechEvent } from '../../src/index.ts';

/** Of one part of the recording after the other, the most that was held, or the least. */
export class MemoryBySection {
  readonly #sectionSec: number;
  readonly #read: () => number;
  readonly #keep: (one: number, other: number) => number;
  readonly levels: number[] = [];
  #doneSec = 0;

  /** `read`: bytes held now; `keep`: which of two readings counts. */
  constructor(sectionSec: number, read: () => number, keep = Math.max) {
    this.#sectionSec = sectionSec;
    this.#read = read;
    this.#keep = keep;
  }

  readonly onEvent = (event: SpeechEvent): void => {
    if (event.type !== 'progress') return;
    this.#doneSec = event.progress.doneSec;
    this.look();
  };

  look(): void {
    const section = Math.max(0, Math.ceil(this.#doneSec / this.#sectionSec) - 1);
    const now = this.#read();
    this.levels[section] = this.#keep(this.levels[section] ?? now, now);
  }
}
