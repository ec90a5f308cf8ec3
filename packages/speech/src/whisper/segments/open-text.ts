import type { Span } from '../../vad/span-tracker.ts';
import type { TimedWord } from '../word-times/timed-words.ts';
import type { TimedText } from './timed-text.ts';

/**
 * Makes room for other text in a hole: what is said before it and what behind. The word behind gives up the time that it had in
 * the hole. In one piece where its words are not known or all lie on one side.
 */
export function openText(text: TimedText, hole: Span): TimedText[] {
  const middle = (hole.start + hole.end) / 2;
  if (!text.words || text.end <= middle || text.start >= hole.end) return [text];
  const before = text.words.filter(({ end }) => end <= middle);
  const [next, ...others] = text.words.slice(before.length);
  if (!next) return [text];
  const behind: TimedWord[] = [{ ...next, start: Math.max(next.start, hole.end) }, ...others];
  if (before.length === 0) return [{ ...text, words: behind, start: Math.max(text.start, hole.end) }];
  const place = endOfWords(text.text, before);
  return [
    { ...withTokens(text, before), text: text.text.slice(0, place).trim(), end: before.at(-1)?.end ?? text.end },
    { ...withTokens(text, behind), text: text.text.slice(place).trim(), start: behind[0]?.start ?? text.start },
  ];
}

/** A part of the text: these words, and the tokens of them. */
const withTokens = (text: TimedText, words: readonly TimedWord[]): TimedText => ({
  ...text,
  words,
  decoding: { ...text.decoding, tokens: words.flatMap(({ tokens }) => tokens) },
});

/** Where the last of the words ends in the text that begins with them. */
const endOfWords = (text: string, words: readonly TimedWord[]): number =>
  words.reduce((from, word) => text.indexOf(word.text, from) + word.text.length, 0);
