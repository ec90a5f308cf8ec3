/** The pieces of a segment between which a caption or a line may break, each with its time. */
import type { Segment } from '@bulk-transcribe/protocol';
import { columns, cutColumns } from './columns.ts';

export interface Piece {
  readonly text: string;
  /** What stands between the piece before and this one: a blank, or nothing where a script writes none. */
  readonly glue: string;
  /** Seconds. */
  readonly start: number;
  readonly end: number;
}

/** Pieces of at most `widest` columns; their texts with their glue are the text of the segment, with single blanks. */
export function timedPieces(segment: Segment, widest: number): Piece[] {
  const pieces = fromWords(segment) ?? fromText(segment);
  return pieces.flatMap((piece) => cutLong(piece, widest));
}

/** Words as they lie in the text, which alone tells where blanks are; null where they are not the text. */
function fromWords({ text, words = [] }: Segment): Piece[] | null {
  if (words.length === 0) return null;
  const pieces: Piece[] = [];
  let at = 0;
  for (const word of words) {
    const found = text.indexOf(word.text, at);
    const between = text.slice(at, Math.max(found, at));
    if (found < 0 || between.trim() !== '') return null;
    pieces.push({ text: word.text, glue: between === '' || at === 0 ? '' : ' ', start: word.start, end: word.end });
    at = found + word.text.length;
  }
  return text.slice(at).trim() === '' ? pieces : null;
}

/** No word times: each piece has the share of the segment that its columns have. */
function fromText({ text, start, end }: Segment): Piece[] {
  const parts = breakable(text);
  const total = parts.reduce((sum, part) => sum + columns(part.text) + part.glue.length, 0);
  let done = 0;
  const at = (place: number) => start + ((end - start) * place) / Math.max(total, 1);
  return parts.map((part) => {
    const from = at(done);
    done += columns(part.text) + part.glue.length;
    return { ...part, start: from, end: at(done) };
  });
}

const words = new Intl.Segmenter(undefined, { granularity: 'word' });
/** Scripts that write no blanks between words. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

function breakable(text: string): Pick<Piece, 'text' | 'glue'>[] {
  return text
    .split(/\s+/)
    .filter(Boolean)
    .flatMap((part, i) => (unspaced.test(part) ? wordsIn(part) : [part]).map((word, j) => ({ text: word, glue: i > 0 && j === 0 ? ' ' : '' })));
}

/** A mark stays with the word before it. */
function wordsIn(text: string): string[] {
  const result: string[] = [];
  for (const { segment, isWordLike } of words.segment(text)) {
    if (isWordLike || result.length === 0) result.push(segment);
    else result[result.length - 1] += segment;
  }
  return result;
}

/** A piece wider than a line is cut at characters; its time is shared out by columns. */
function cutLong(piece: Piece, widest: number): Piece[] {
  if (columns(piece.text) <= widest) return [piece];
  const texts = cutColumns(piece.text, widest);
  const total = columns(piece.text);
  let done = 0;
  const at = (place: number) => piece.start + ((piece.end - piece.start) * place) / total;
  return texts.map((text, i) => {
    const start = at(done);
    done += columns(text);
    return { text, glue: i === 0 ? piece.glue : '', start, end: at(done) };
  });
}
