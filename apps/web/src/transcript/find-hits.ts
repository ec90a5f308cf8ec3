/** Search in the text of a transcript. Pure. */
import type { Segment } from '@bulk-transcribe/protocol';
import type { Span } from '../controls/marked.tsx';

/** A place in the text of a segment. */
export interface Hit extends Span {
  /** Of the segment. */
  readonly index: number;
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
