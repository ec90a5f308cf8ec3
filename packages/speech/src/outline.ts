/** How loud a recording is over its whole length, for a picture of it: gathered while it is decoded, as small for ten hours as for ten minutes. */
import type { Outline } from '@bulk-transcribe/protocol';
import { SAMPLE_RATE } from './decode/decoder.ts';

/** More than a window is wide, in pixels. */
const MOST_PEAKS = 4096;
/** Samples that a peak stands for at first: 50 ms. */
const FIRST_SAMPLES = SAMPLE_RATE / 20;

export class OutlineDraft {
  /** [count] The largest absolute sample of each stretch, 0…1. */
  readonly #peaks = new Float32Array(MOST_PEAKS);
  #count = 0;
  #samplesPerPeak = FIRST_SAMPLES;
  /** Of the stretch that is not full yet. */
  #samples = 0;
  #peak = 0;

  /** Passes the samples on as they are. */
  async *follow(chunks: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
    for await (const chunk of chunks) {
      this.#add(chunk);
      yield chunk;
    }
  }

  finish(): Outline {
    if (this.#samples > 0) this.#close();
    const loudness = Uint8Array.from(this.#peaks.subarray(0, this.#count), (peak) => Math.round(255 * Math.sqrt(Math.min(1, peak))));
    return { secPerPeak: this.#samplesPerPeak / SAMPLE_RATE, peaks: Buffer.from(loudness).toString('base64') };
  }

  #add(chunk: Float32Array): void {
    for (const sample of chunk) {
      this.#peak = Math.max(this.#peak, Math.abs(sample));
      if (++this.#samples === this.#samplesPerPeak) this.#close();
    }
  }

  #close(): void {
    this.#peaks[this.#count++] = this.#peak;
    this.#samples = 0;
    this.#peak = 0;
    if (this.#count === MOST_PEAKS) this.#halve();
  }

  #halve(): void {
    for (let i = 0; i < MOST_PEAKS / 2; i++) this.#peaks[i] = Math.max(this.#peaks[2 * i] ?? 0, this.#peaks[2 * i + 1] ?? 0);
    this.#count = MOST_PEAKS / 2;
    this.#samplesPerPeak *= 2;
  }
}
