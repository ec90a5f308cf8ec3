/** Hears who speaks in a recording that others read: it takes each piece on its way, so that the recording is decoded once. */
import type { Fallback } from '@bulk-transcribe/protocol';
import { splitChannels } from '../decode/split-channels.ts';
import { Stopwatch } from '../stopwatch.ts';
import { mix } from './channels.ts';
import type { AnalyseOptions, Diarizer } from './diarizer.ts';
import type { SpeakerEvidence } from './evidence.ts';
import { Handover } from './handover.ts';

export class SpeakerListener {
  readonly clock = new Stopwatch();
  /** What did not work meanwhile, and was done otherwise. */
  readonly fallbacks: Fallback[] = [];
  readonly #pieces = new Handover<readonly Float32Array[]>();
  readonly #heard: Promise<SpeakerEvidence>;

  constructor(diarizer: Diarizer, options: AnalyseOptions) {
    this.#heard = diarizer.analyse(this.#pieces.items(), { ...options, onFallback: (fallback) => this.fallbacks.push(fallback) });
    // Told by `finish`; a recording that fails otherwise does not ask.
    this.#heard.catch(() => undefined);
  }

  /** Hears the channels, one sample of each in turn, and passes their mean on, each piece when it is heard. Never throws on its own account. */
  async *follow(chunks: AsyncIterable<Float32Array>, channels: number): AsyncGenerator<Float32Array> {
    try {
      for await (const chunk of chunks) {
        const piece = splitChannels(chunk, channels);
        await this.clock.measure(() => this.#pieces.give(piece));
        yield mix(piece);
      }
    } finally {
      this.#pieces.end();
    }
  }

  /** What was heard, once all samples have been passed on. Rejects with what went wrong. */
  async finish(): Promise<SpeakerEvidence> {
    return await this.clock.measure(() => this.#heard);
  }
}
