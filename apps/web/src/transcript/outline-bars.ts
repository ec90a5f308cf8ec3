/** The picture of a recording as bars. Pure. */
import type { Outline, Segment } from '@bulk-transcribe/protocol';
import { segmentAt } from './paragraphs.ts';

export interface OutlineBar {
  /** 0 … 1, the loudest of the recording is 1. */
  readonly height: number;
  /** Who speaks in its middle. */
  readonly speaker: string | undefined;
}

interface BarsRequest {
  readonly outline: Outline;
  readonly segments: readonly Pick<Segment, 'start' | 'end' | 'speaker'>[];
  readonly durationSec: number;
  readonly count: number;
}

export function outlineBars({ outline, segments, durationSec, count }: BarsRequest): OutlineBar[] {
  const peaks = Uint8Array.from(atob(outline.peaks), (byte) => byte.charCodeAt(0));
  const loudest = Math.max(
    1,
    peaks.reduce((most, peak) => Math.max(most, peak), 0),
  );
  const secPerBar = durationSec / count;
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * secPerBar) / outline.secPerPeak);
    const to = Math.max(from + 1, Math.floor(((i + 1) * secPerBar) / outline.secPerPeak));
    const peak = peaks.subarray(from, to).reduce((most, one) => Math.max(most, one), 0);
    return { height: peak / loudest, speaker: speakerAt(segments, (i + 0.5) * secPerBar) };
  });
}

function speakerAt(segments: BarsRequest['segments'], time: number): string | undefined {
  const segment = segments[segmentAt(segments, time)];
  return segment && time < segment.end ? segment.speaker : undefined;
}
