import { type Segment, speakerName, type Transcript } from '@bulk-transcribe/protocol';

/** A pause of this length begins a new paragraph. Seconds. */
const PARAGRAPH_PAUSE = 2;

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
    const last = groups.at(-1)?.at(-1);
    const goesOn = last !== undefined && last.speaker === segment.speaker && segment.start - last.end < PARAGRAPH_PAUSE;
    if (goesOn) groups.at(-1)?.push(segment);
    else groups.push([segment]);
  }
  return groups.map((segments) => ({
    start: segments[0]?.start ?? 0,
    end: segments.at(-1)?.end ?? 0,
    speaker: segments[0]?.speaker === undefined ? null : speakerName(transcript, segments[0].speaker),
    text: segments.map(({ text }) => text).join(' '),
  }));
}
