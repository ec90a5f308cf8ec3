/** Which terms of a long glossary may have been meant, by what a first hearing made of them: misheard names keep most of their letters. */

/** Of the letters of a term, how many at most may be wrong: "libby" for "Liddy", "nuts hat" for "Nuzhat". */
const MOST_WRONG = 0.4;
/** Shorter ones are like too many words. */
const LEAST_LETTERS = 4;
/** More would be names that nobody said. */
const MOST_TERMS = 20;

interface Likeness {
  readonly term: string;
  /** 0 = letter for letter. */
  readonly wrong: number;
}

/** The terms that some words of `text` are like, the likest first. None where all of those stand in it already, as they are written. Pure. */
export function similarTerms(text: string, terms: readonly string[]): string[] {
  const words = wordsOf(text);
  const like = [...new Set(terms)].map((term) => ({ term, wrong: leastWrong(term, words) })).filter(({ wrong }) => wrong <= MOST_WRONG);
  const chosen = like.toSorted((a, b) => a.wrong - b.wrong).slice(0, MOST_TERMS);
  return chosen.every(({ term }) => text.includes(term)) ? [] : chosen.map(({ term }: Likeness) => term);
}

/** Letters and digits of each word, without accents. */
const wordsOf = (text: string): string[] =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/** A term may have been heard as more words than it has, or as fewer. */
function leastWrong(term: string, words: readonly string[]): number {
  const own = wordsOf(term);
  const letters = own.join('');
  if (letters.length < LEAST_LETTERS) return words.includes(letters) ? 0 : Number.POSITIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  for (let count = Math.max(1, own.length - 1); count <= own.length + 1; count += 1) {
    for (let at = 0; at + count <= words.length; at += 1) {
      const heard = words.slice(at, at + count).join('');
      if (Math.abs(heard.length - letters.length) <= MOST_WRONG * letters.length) least = Math.min(least, distance(letters, heard) / letters.length);
    }
  }
  return least;
}

/** Levenshtein's: letters to put in, leave out or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
