import type { TranscribeOptions, Transcript } from '@bulk-transcribe/protocol';
import type { SpeakerEvidence } from '../diarization/evidence.ts';
import { labelSpeakers } from '../diarization/label-speakers.ts';
import { joinSegments } from './join-segments.ts';
import { labelSegments } from './label-segments.ts';

export type SpeakerCounts = Pick<TranscribeOptions, 'speakers' | 'minSpeakers' | 'maxSpeakers'>;

/** The transcript as the engine made it, with the speakers that the evidence tells apart; those it had before are forgotten. */
export function withSpeakers(transcript: Transcript, evidence: SpeakerEvidence, counts: SpeakerCounts): Transcript {
  const heard = labelSpeakers(evidence, wishOf(counts));
  const turns = heard.turns.map(({ speaker, start, end }) => ({ speaker: idOf(speaker), start: rounded(start), end: rounded(end) }));
  return {
    ...transcript,
    segments: labelSegments(joinSegments(transcript.segments), turns),
    speakers: heard.speakers.map(({ id, seconds }) => ({ id: idOf(id), name: null, seconds: rounded(seconds) })),
    turns,
    warnings: [
      ...transcript.warnings.filter(({ code }) => code !== 'diarization_failed' && code !== 'other_speaker_count'),
      ...heard.warnings.map(({ message }) => ({ code: 'other_speaker_count' as const, message })),
    ],
  };
}

const idOf = (index: number): string => `S${index + 1}`;

const wishOf = ({ speakers, minSpeakers, maxSpeakers }: SpeakerCounts) => ({
  speakers: speakers ?? undefined,
  minSpeakers: minSpeakers ?? undefined,
  maxSpeakers: maxSpeakers ?? undefined,
});

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;
