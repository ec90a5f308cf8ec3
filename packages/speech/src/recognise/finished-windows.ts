import type { WindowResult } from '@bulk-transcribe/protocol';
import { seconds } from '../time.ts';
import type { Span } from '../vad/span-tracker.ts';

/**
 * What an earlier attempt has finished. A window is taken over only where it lies exactly where the window of this number
 * lies now. Decoding and voice activity detection give the same windows each time; should another decoder have given
 * others, everything from the first difference on is recognised again: no word is lost or doubled between old and new.
 */
export class FinishedWindows {
  readonly #windows: readonly WindowResult[];
  #differs = false;

  constructor(windows: readonly WindowResult[]) {
    this.#windows = windows;
  }

  /** Seconds up to which everything was finished. */
  get end(): number {
    return this.#windows.at(-1)?.end ?? 0;
  }

  /** Asked for each window in order. Span in samples. */
  at(index: number, { start, end }: Span): WindowResult | null {
    const window = this.#windows[index];
    if (this.#differs || window === undefined) return null;
    this.#differs = window.index !== index || window.start !== seconds(start) || window.end !== seconds(end);
    return this.#differs ? null : window;
  }
}
