/** Attention leaves a word before its sound has faded: where speech goes on until a pause, the last word does. */
import { SAMPLE_RATE } from '../decode/decoder.ts';
import type { Span } from '../vad/span-tracker.ts';

/** Samples (0.6 s). What lasts longer is not the end of a word. */
const LONGEST = Math.round(0.6 * SAMPLE_RATE);

/** `words` and `speech` in order of time. */
export function reachSilence<T extends Span>(words: readonly T[], speech: readonly Span[]): T[] {
  return words.map((word, index) => {
    const span = speech.find(({ start, end }) => start <= word.end && word.end < end);
    const limit = Math.min(span?.end ?? word.end, words[index + 1]?.start ?? Number.POSITIVE_INFINITY);
    return limit > word.end && limit - word.end <= LONGEST ? { ...word, end: limit } : word;
  });
}
