/** Search in the text of a transcript. Pure. */
import type { Segment } from '@bulk-transcribe/protocol';

export interface Hit {
  /** Of the segment. */
  readonly index: number;
  /** Place in the segment's text, in UTF-16 units; `to` is behind the end. */
  readonly from: number;
  readonly to: number;
}

/** Every place where the text has these words, whatever their case, in order. */
export function findHits(segments: readonly Pick<Segment, 'text'>[], query: string): Hit[] {
  const sought = query.trim().replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  if (sought === '') return [];
  const pattern = new RegExp(sought.replace(/\s+/g, '\\s+'), 'giu');
  return segments.flatMap(({ text }, index) =>
    Array.from(text.matchAll(pattern), (match) => ({ index, from: match.index, to: match.index + match[0].length })),
  );
}

export interface Piece {
  readonly text: string;
  readonly isHit: boolean;
}

/** A segment's text cut at its hits. */
export function piecesOf(text: string, hits: readonly Hit[]): Piece[] {
  let end = 0;
  const pieces: Piece[] = [];
  for (const { from, to } of hits) {
    pieces.push({ text: text.slice(end, from), isHit: false }, { text: text.slice(from, to), isHit: true });
    end = to;
  }
  return [...pieces, { text: text.slice(end), isHit: false }].filter((piece) => piece.text !== '');
}
