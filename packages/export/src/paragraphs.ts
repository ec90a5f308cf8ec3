import { opensParagraph, type Segment, speakerName, type Transcript } from '@bulk-transcribe/protocol';

export interface Paragraph {
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  /** Name for people; null where speakers are not known. */
  readonly speaker: string | null;
  readonly text: string;
}

/** The text as it is read: a new paragraph at a change of speaker and after a long pause. Segments without text are left out. */
export function paragraphs(transcript: Pick<Transcript, 'segments' | 'speakers'>): Paragraph[] {
  const groups: Segment[][] = [];
  for (const segment of transcript.segments) {
    if (segment.text.trim() === '') continue;
    if (opensParagraph(segment, groups.at(-1)?.at(-1))) groups.push([segment]);
    else groups.at(-1)?.push(segment);
  }
  return groups.map((segments) => ({
    start: segments[0]?.start ?? 0,
    end: segments.at(-1)?.end ?? 0,
    speaker: segments[0]?.speaker === undefined ? null : speakerName(transcript, segments[0].speaker),
    text: segments.map(({ text }) => text).join(' '),
  }));
}
