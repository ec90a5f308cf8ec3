/** Punctuation belongs to a word: opening marks to the next one, closing marks to the one before, as in the reference. */
const OPENING = '"\'“¿([{-';
const CLOSING = '"\'.。,，!！?？:：”)]}、';

interface Marked {
  readonly text: string;
  readonly tokens: readonly number[];
}

/** A mark only adds its text and tokens: the word keeps its own time and confidence. */
export const mergeMarks = <T extends Marked>(words: readonly T[]): T[] => closeMarks(openMarks(words));

function openMarks<T extends Marked>(words: readonly T[]): T[] {
  const merged: T[] = [];
  for (const word of words.toReversed()) {
    const next = merged[0];
    const opens = word.text.startsWith(' ') && OPENING.includes(word.text.trim());
    if (next && opens) merged[0] = joined(next, word, next);
    else merged.unshift(word);
  }
  return merged;
}

function closeMarks<T extends Marked>(words: readonly T[]): T[] {
  const merged: T[] = [];
  for (const word of words) {
    const previous = merged.at(-1);
    const closes = previous && !previous.text.endsWith(' ') && CLOSING.includes(word.text);
    if (closes) merged[merged.length - 1] = joined(previous, previous, word);
    else merged.push(word);
  }
  return merged;
}

const joined = <T extends Marked>(kept: T, first: Marked, second: Marked): T => ({
  ...kept,
  text: first.text + second.text,
  tokens: [...first.tokens, ...second.tokens],
});
