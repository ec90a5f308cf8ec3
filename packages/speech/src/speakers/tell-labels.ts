import type { Speaker, SpeakerTurn, TranscribeOptions, Warning } from '@bulk-transcribe/protocol';
import type { SpeakerEvidence } from '../diarization/evidence.ts';
import { labelSpeakers } from '../diarization/label-speakers.ts';

export type SpeakerCounts = Pick<TranscribeOptions, 'speakers' | 'minSpeakers' | 'maxSpeakers'>;

/** Who speaks when, in the words of a transcript. */
export interface SpeakerLabels {
  readonly turns: readonly SpeakerTurn[];
  readonly speakers: readonly Speaker[];
  readonly warnings: readonly Warning[];
}

/** Evidence → labels: S1, S2, … by first appearance. Seconds of CPU for ten hours. */
export function tellLabels(evidence: SpeakerEvidence, counts: SpeakerCounts): SpeakerLabels {
  const { turns, speakers, warnings } = labelSpeakers(evidence, wishOf(counts));
  return {
    turns: turns.map(({ speaker, start, end }) => ({ speaker: idOf(speaker), start: rounded(start), end: rounded(end) })),
    speakers: speakers.map(({ id, seconds }) => ({ id: idOf(id), name: null, seconds: rounded(seconds) })),
    warnings: warnings.map(({ message }) => ({ code: 'other_speaker_count', message })),
  };
}

const idOf = (index: number): string => `S${index + 1}`;

const wishOf = ({ speakers, minSpeakers, maxSpeakers }: SpeakerCounts) => ({
  speakers: speakers ?? undefined,
  minSpeakers: minSpeakers ?? undefined,
  maxSpeakers: maxSpeakers ?? undefined,
});

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;
