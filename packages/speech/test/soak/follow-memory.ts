/** How much memory something holds while a recording is heard, by how far it is. */
import type { SpeechEvent } from '../../src/index.ts';

/** Of one part of the recording after the other, the most that was held. */
export class MemoryBySection {
  readonly #sectionSec: number;
  readonly #read: () => number;
  readonly peaks: number[] = [];
  #doneSec = 0;

  /** `read`: bytes held now. */
  constructor(sectionSec: number, read: () => number) {
    this.#sectionSec = sectionSec;
    this.#read = read;
  }

  readonly onEvent = (event: SpeechEvent): void => {
    if (event.type !== 'progress') return;
    this.#doneSec = event.progress.doneSec;
    this.look();
  };

  look(): void {
    const section = Math.floor(this.#doneSec / this.#sectionSec);
    this.peaks[section] = Math.max(this.peaks[section] ?? 0, this.#read());
  }
}
