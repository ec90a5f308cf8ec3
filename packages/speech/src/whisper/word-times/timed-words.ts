import type { Span } from '../../vad/span-tracker.ts';
import { mergeMarks } from '../../word-times/merge-marks.ts';
import { splitWords } from '../tokenizer/split-words.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { TokenTime } from './token-times.ts';

/** A word with its punctuation; samples. */
export interface TimedWord extends Span {
  readonly text: string;
  /** Mean probability of its tokens, 0…1. */
  readonly confidence: number;
  readonly tokens: readonly number[];
}

/** A text token with its time and natural-log probability. */
export interface TimedToken extends TokenTime {
  readonly token: number;
  readonly logProb: number;
}

/** Words of one segment, in the times that its tokens have. Marks are merged as in the reference; words of blanks alone are left out. */
export function timedWords(tokens: readonly TimedToken[], language: string, tokenizer: Tokenizer): TimedWord[] {
  const ids = tokens.map(({ token }) => token);
  let taken = 0;
  const words = splitWords(ids, language, tokenizer).flatMap((word) => {
    const from = taken;
    taken += word.tokens.length;
    return timed(word.text, tokens.slice(from, taken)) ?? [];
  });
  return mergeMarks(words).flatMap((word) => (word.text.trim() ? { ...word, text: word.text.trim() } : []));
}

function timed(text: string, tokens: readonly TimedToken[]): TimedWord | null {
  const [first] = tokens;
  const last = tokens.at(-1);
  if (!first || !last) return null;
  const confidence = tokens.reduce((sum, { logProb }) => sum + Math.exp(logProb), 0) / tokens.length;
  return { text, start: first.start, end: last.end, confidence, tokens: tokens.map(({ token }) => token) };
}
