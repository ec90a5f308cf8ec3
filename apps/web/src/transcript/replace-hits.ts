/** What was found, with other words in its place. Pure. */
import type { Segment } from '@bulk-transcribe/protocol';
import type { Correction } from './corrections.ts';
import type { Hit } from './find-hits.ts';

/** Most lines that one change may name; the rest stays found, to be replaced next. */
const MOST_LINES = 1000;

export function replaceHits(segments: readonly Segment[], hits: readonly Hit[], words: string): Correction {
  const lines = [...Map.groupBy(hits, ({ index }) => index)].slice(0, MOST_LINES);
  return {
    segments: lines.flatMap(([index, found]) => {
      const segment = segments[index];
      return segment ? [{ start: segment.start, end: segment.end, text: replaced(segment.text, found, words) }] : [];
    }),
  };
}

/** From the back, as places behind a replaced one move. */
const replaced = (text: string, hits: readonly Hit[], words: string): string =>
  hits.reduceRight((now, { from, to }) => now.slice(0, from) + words + now.slice(to), text);
