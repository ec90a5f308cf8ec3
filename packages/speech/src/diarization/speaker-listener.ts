/** Hears who speaks in a recording that others read: it takes each piece on its way, so that the recording is decoded once. */
import { Stopwatch } from '../stopwatch.ts';
import type { Diarizer } from './diarizer.ts';
import type { SpeakerEvidence } from './evidence.ts';
import { Handover } from './handover.ts';

export class SpeakerListener {
  readonly clock = new Stopwatch();
  readonly #pieces = new Handover<readonly Float32Array[]>();
  readonly #heard: Promise<SpeakerEvidence>;

  constructor(diarizer: Diarizer, signal: AbortSignal) {
    this.#heard = diarizer.analyse(this.#pieces.items(), { channels: 'mix', signal });
    // Told by `finish`; a recording that fails otherwise does not ask.
    this.#heard.catch(() => undefined);
  }

  /** Passes the samples on as they are, each piece when it is heard. Never throws on its own account. */
  async *follow(chunks: AsyncIterable<Float32Array>): AsyncGenerator<Float32Array> {
    try {
      for await (const chunk of chunks) {
        await this.clock.measure(() => this.#pieces.give([chunk]));
        yield chunk;
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
