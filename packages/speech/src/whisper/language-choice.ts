/** Which language each stretch is decoded in: the one that was asked for, else as heard, once for the recording or for every window. */
import { SAMPLE_RATE } from '../decode/decoder.ts';
import { detectLanguages, vote } from './languages.ts';
import { type Stretch, speechBetween } from './stretch.ts';
import type { Hidden, WhisperModel } from './whisper-model.ts';

/** Windows at the beginning of a recording that say its language: up to four minutes of speech. */
export const VOTERS = 8;

export interface LanguageWish {
  /** Whisper code; null = as heard. */
  readonly asked: string | null;
  readonly detection: 'recording' | 'window';
  /** The language that an earlier attempt heard in this recording. */
  readonly known: string | null;
}

export class LanguageChoice {
  readonly #model: WhisperModel;
  readonly #detection: LanguageWish['detection'];
  /** Of the whole recording, once it is certain. */
  #language: string | null;
  /** Windows may turn out to be in another language than the recording. */
  readonly open: boolean;

  constructor(model: WhisperModel, { asked, detection, known }: LanguageWish) {
    this.#model = model;
    this.#detection = detection;
    const only = model.facts.multilingual ? null : 'en';
    this.open = only === null && asked === null && detection === 'recording';
    this.#language = only ?? asked ?? (this.open ? known : null);
  }

  async of(stretches: readonly Stretch[], hidden: Hidden): Promise<string[]> {
    const fixed = this.#language;
    const settled = stretches.map(({ language }) => language ?? fixed);
    if (settled.every((language) => language !== null)) return settled;
    const heard = await detectLanguages(this.#model, hidden);
    if (this.#detection === 'recording') {
      // Never more, however large the batch: its size hangs on the machine.
      this.#language = vote(heard.slice(0, VOTERS), stretches.slice(0, VOTERS).map(weightOf));
    }
    return heard.map(({ language }, index) => stretches[index]?.language ?? this.#language ?? language);
  }
}

/** Seconds of speech. */
const weightOf = ({ window, start, end }: Stretch): number => speechBetween(window.speech, { start, end }) / SAMPLE_RATE;
