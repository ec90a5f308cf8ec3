/** Which stretches of time the texts account for. */
import { SAMPLE_RATE } from '../../decode/decoder.ts';
import type { Span } from '../../vad/span-tracker.ts';
import type { TimedText } from '../segments/timed-text.ts';

/** Samples: what a word of so many characters takes at an easy pace (0.2 s, and 0.07 s more for each). What warping gives it beyond may be something else. */
const longest = (characters: number): number => Math.round((0.2 + 0.07 * characters) * SAMPLE_RATE);

/** In order of time. A segment of which the words are known accounts for its words alone. */
export const coveredBy = (texts: readonly TimedText[]): Span[] =>
  texts.flatMap(({ start, end, words }) => (words?.length ? words.map(wordSpan) : [{ start, end }])).toSorted((a, b) => a.start - b.start);

/** Warping puts what it cannot place in front of the next word: the end of a word is the surer one. */
const wordSpan = ({ start, end, text }: Span & { readonly text: string }): Span => ({ start: Math.max(start, end - longest(text.length)), end });
