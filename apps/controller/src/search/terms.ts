/** What is sought, as terms: words that stand next to each other. Pure. */
import { type PlacedWord, wordsOf } from './words.ts';

export interface Term {
  readonly words: readonly string[];
  /** The last word may be the beginning of a longer one. */
  readonly isBeginning: boolean;
}

/** More would say no more, and cost. */
const MAX_TERMS = 16;
/** Bytes of a word that may be the beginning of a longer one: "in" is a word, not the beginning of "interview". */
const BEGINNING = 3;

/** What stands in quotes is one term, and so is everything between two blanks ("e-mail"). */
export function termsOf(query: string): Term[] {
  const parts = Array.from(query.matchAll(/"([^"]*)"?|[^\s"]+/g), ([all, quoted]) => {
    const words = wordsOf(quoted ?? all).map(({ word }) => word);
    return { words, isBeginning: quoted === undefined && Buffer.byteLength(words.at(-1) ?? '') >= BEGINNING };
  });
  return parts.filter(({ words }) => words.length > 0).slice(0, MAX_TERMS);
}

/** Where the terms are in a text; places that touch or overlap are one. */
export function marksOf(text: string, terms: readonly Term[]): [from: number, to: number][] {
  const said = wordsOf(text);
  const places = terms.flatMap((term) => said.flatMap((_, index) => placeAt(said, index, term) ?? []));
  const marks: [number, number][] = [];
  for (const { from, to } of places.toSorted((a, b) => a.from - b.from)) {
    const last = marks.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else marks.push([from, to]);
  }
  return marks;
}

function placeAt(said: readonly PlacedWord[], index: number, { words, isBeginning }: Term): Pick<PlacedWord, 'from' | 'to'> | undefined {
  const here = said.slice(index, index + words.length);
  const isSame = (sought: string, place: number): boolean => {
    const word = here[place]?.word;
    return isBeginning && place === words.length - 1 ? word?.startsWith(sought) === true : word === sought;
  };
  const [first, last] = [here[0], here.at(-1)];
  return first && last && words.every(isSame) ? { from: first.from, to: last.to } : undefined;
}

/** Longest excerpt, and what of it stands before the first mark, UTF-16 units. */
const EXCERPT = 240;
const BEFORE = 60;

/** A line with its marks, cut around the first of them where it is long. */
export function excerpt(text: string, terms: readonly Term[]): { text: string; marks: [number, number][] } {
  const marks = marksOf(text, terms);
  if (text.length <= EXCERPT) return { text, marks };
  const from = boundary(text, Math.max(0, (marks[0]?.[0] ?? 0) - BEFORE));
  const to = boundary(text, from + EXCERPT);
  const shortened = `${from > 0 ? '…' : ''}${text.slice(from, to).toWellFormed()}${to < text.length ? '…' : ''}`;
  const shift = (from > 0 ? 1 : 0) - from;
  const inside = marks.filter(([start, end]) => start >= from && end <= to);
  return { text: shortened, marks: inside.map(([start, end]) => [start + shift, end + shift]) };
}

/** The end of the word before, or the place itself where there is none near. */
function boundary(text: string, place: number): number {
  if (place === 0 || place >= text.length) return Math.min(place, text.length);
  const blank = text.lastIndexOf(' ', place);
  return blank > place - 30 ? blank + 1 : place;
}
