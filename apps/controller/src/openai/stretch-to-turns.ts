/**
 * Segments that last as long as their speaker speaks. A segment of a transcript begins with its first word and ends with its last one.
 * Where two speak at once the words are one's, so that the other's segment ends too early or begins too late.
 */
import type { Segment, SpeakerTurn } from '@bulk-transcribe/protocol';

/** Seconds. Further from its words a segment would promise words that nobody could make out. */
const FURTHEST = 1;

interface Span {
  start: number;
  end: number;
}

/** `segments` by their start. Those of one speaker do not overlap, and none begins before the one in front of it. */
export function stretchToTurns(segments: readonly Segment[], turns: readonly SpeakerTurn[]): Segment[] {
  const turnsOf = Map.groupBy(turns, ({ speaker }) => speaker);
  const spans = new Map<Segment, Span>();
  for (const [speaker, own] of Map.groupBy(segments, (segment) => segment.speaker)) stretchOwn(own, turnsOf.get(speaker ?? '') ?? [], spans);
  let first = 0;
  return segments.map((segment) => {
    const { start, end } = spans.get(segment) ?? segment;
    first = Math.max(first, start);
    return { ...segment, start: Math.min(first, segment.start), end };
  });
}

/** Of one speaker: out to the edges of the turns in which its words lie, at most as far as the neighbours. */
function stretchOwn(segments: readonly Segment[], turns: readonly SpeakerTurn[], spans: Map<Segment, Span>): void {
  const ordered = turns.toSorted((a, b) => a.start - b.start);
  let at = 0;
  let before = 0;
  for (const [index, segment] of segments.entries()) {
    while ((ordered[at]?.end ?? Number.POSITIVE_INFINITY) <= segment.start) at += 1;
    let last = at - 1;
    while ((ordered[last + 1]?.start ?? Number.POSITIVE_INFINITY) < segment.end) last += 1;
    const [from, to] = last < at ? [segment.start, segment.end] : [ordered[at]?.start ?? 0, ordered[last]?.end ?? 0];
    const after = segments[index + 1]?.start ?? Number.POSITIVE_INFINITY;
    const start = Math.min(segment.start, Math.max(from, segment.start - FURTHEST, before));
    const end = Math.max(segment.end, Math.min(to, segment.end + FURTHEST, after));
    spans.set(segment, { start, end });
    before = end;
  }
}
