import { opensParagraph, type Segment } from '@bulk-transcribe/protocol';

/** A segment with its place in the transcript. */
export interface Line extends Segment {
  readonly index: number;
  /** Begins a paragraph: at a change of speaker or after a long pause. */
  readonly opens: boolean;
}

/** Lines as they are read. Segments without text are left out. */
export function readingLines(segments: readonly Segment[]): Line[] {
  const result: Line[] = [];
  for (const [index, segment] of segments.entries()) {
    if (segment.text.trim() === '') continue;
    result.push({ ...segment, index, opens: opensParagraph(segment, result.at(-1)) });
  }
  return result;
}

/** The segment that is being spoken at `time`; in a pause the one before; -1 before the first. Segments are in order of time. */
export function segmentAt(segments: readonly Pick<Segment, 'start'>[], time: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((segments[middle]?.start ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
