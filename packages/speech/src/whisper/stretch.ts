/** A stretch of audio that is decoded by itself: a whole window, or what a first decoding left of one. */
import type { SpeechWindow } from '../vad/pack-windows.ts';
import type { Span } from '../vad/span-tracker.ts';
import type { Hidden } from './requests.ts';

/** Positions are samples from the start of the recording, as those of the window. */
export interface Stretch extends Span {
  readonly window: SpeechWindow;
  readonly samples: Float32Array;
  /** Where the text begins that is wanted: the start, or behind a text that is there already. */
  readonly from: number;
  /** Null where it was not encoded yet. */
  readonly hidden: Hidden | null;
  /** Whisper code, where it is known from the rest of the window. */
  readonly language: string | null;
}

export const wholeOf = (window: SpeechWindow): Stretch => {
  const { start, end, samples } = window;
  return { window, start, end, samples, from: start, hidden: null, language: null };
};

/** `span` as far as it lies in the window of `whole`. */
export function partOf({ window }: Stretch, span: Span, language: string): Stretch {
  const start = Math.max(window.start, Math.round(span.start));
  const end = Math.min(window.end, Math.round(span.end));
  return { window, start, end, samples: window.samples.subarray(start - window.start, end - window.start), from: start, hidden: null, language };
}

/** Samples of speech between two positions. */
export const speechBetween = (speech: readonly Span[], { start, end }: Span): number =>
  speech.reduce((sum, span) => sum + Math.max(0, Math.min(span.end, end) - Math.max(span.start, start)), 0);
