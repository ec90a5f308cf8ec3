/** What a change by a person makes of a transcript that is shown, and what takes it back. Pure. */
import type { ChangedTranscript, Segment, Transcript, TranscriptChange } from '@bulk-transcribe/protocol';

/** A change before it is known to which revision it is made. */
export type Correction = Omit<TranscriptChange, 'revision'>;

const keyOf = ({ start, end }: Pick<Segment, 'start' | 'end'>): string => `${start} ${end}`;

/** The transcript with what the controller answered; segments that were not named keep their identity. */
export function corrected(transcript: Transcript, { revision, speakers, segments }: ChangedTranscript): Transcript {
  const changed = new Map(segments.map((segment) => [keyOf(segment), segment]));
  return { ...transcript, revision, speakers, segments: transcript.segments.map((segment) => changed.get(keyOf(segment)) ?? segment) };
}

/** What brings the transcript back to how it reads now, once `correction` is made. What nobody had corrected becomes the engine's again. */
export function inverse({ segments, speakers = [] }: Transcript, correction: Correction): Correction {
  const shown = new Map(segments.map((segment) => [keyOf(segment), segment]));
  return {
    speakers: correction.speakers?.map(({ id }) => ({ id, name: speakers.find((speaker) => speaker.id === id)?.name ?? null })) ?? [],
    segments:
      correction.segments?.map(({ start, end, text, speaker }) => {
        const before = shown.get(keyOf({ start, end }));
        return {
          ...{ start, end },
          ...(text !== undefined && { text: before?.corrected ? before.text : null }),
          ...(speaker !== undefined && { speaker: before?.corrected ? (before.speaker ?? null) : null }),
        };
      }) ?? [],
  };
}

/** An id for a speaker that a person adds: S and a number are the engine's. */
export function newSpeakerId({ speakers = [] }: Pick<Transcript, 'speakers'>): string {
  const numbers = speakers.map(({ id }) => Number(/^P(\d+)$/.exec(id)?.[1] ?? 0));
  return `P${Math.max(0, ...numbers) + 1}`;
}
