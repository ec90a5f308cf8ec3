/**
 * Words as the search knows them: the same for what is said and for what is sought, on every database, whatever its locale.
 * Case and accents do not count. Scripts without blanks between words are cut into their characters: a word of them is found
 * as characters next to each other.
 */

export interface PlacedWord {
  readonly word: string;
  /** Place in the text, in UTF-16 units; `to` is behind the end. */
  readonly from: number;
  readonly to: number;
}

const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]|[[\p{L}\p{N}\p{M}]--[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]]+/gv;

/** PostgreSQL takes no longer ones than 2,046 bytes. */
const LONGEST = 200;

export function wordsOf(text: string): PlacedWord[] {
  const found = Array.from(text.matchAll(WORD), (match) => ({ word: plain(match[0]), from: match.index, to: match.index + match[0].length }));
  return found.filter(({ word }) => word !== '');
}

/** Letters and digits alone are left, so that a word needs no quoting in SQL. */
const plain = (word: string): string =>
  word
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .normalize('NFC')
    .slice(0, LONGEST)
    .toWellFormed();
