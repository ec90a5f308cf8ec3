import type { Transcript } from '@bulk-transcribe/protocol';
import { joinSegments } from './join-segments.ts';
import { labelSegments } from './label-segments.ts';
import type { SpeakerLabels } from './tell-labels.ts';

/** The transcript as the engine made it, with these speakers; those it had before are forgotten, and what was said of them. */
export function withSpeakers(transcript: Transcript, { turns, speakers, warnings }: SpeakerLabels): Transcript {
  const others = transcript.warnings.filter(({ code }) => code !== 'diarization_failed' && code !== 'other_speaker_count');
  return {
    ...transcript,
    segments: labelSegments(joinSegments(transcript.segments), turns),
    speakers: [...speakers],
    turns: [...turns],
    warnings: [...others, ...warnings],
  };
}
