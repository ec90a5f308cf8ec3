import type { TimedText } from './timed-text.ts';

/** In front of and behind a moment; in one piece where its words are not known or all lie on one side. */
export function splitAt(text: TimedText, moment: number): TimedText[] {
  const words = text.words ?? [];
  const count = words.filter(({ end }) => end <= moment).length;
  if (count === 0 || count === words.length) return [text];
  const place = endOfWords(text.text, words.slice(0, count));
  const [before, behind] = [words.slice(0, count), words.slice(count)];
  return [
    { ...text, text: text.text.slice(0, place).trim(), words: before, end: before.at(-1)?.end ?? text.end },
    { ...text, text: text.text.slice(place).trim(), words: behind, start: behind[0]?.start ?? text.start },
  ];
}

/** Where the last of the words ends in the text that begins with them. */
const endOfWords = (text: string, words: readonly { readonly text: string }[]): number =>
  words.reduce((from, word) => text.indexOf(word.text, from) + word.text.length, 0);
