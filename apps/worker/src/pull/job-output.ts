/** A transcript as RunPod's faster-whisper worker answers it (its predict.py), with ours beside it. */
import { toSrt, toVtt } from '@bulk-transcribe/export';
import type { JobInput, JobOutput, JobSegment, JobTextFormat, Segment, Transcript } from '@bulk-transcribe/protocol';

export interface Transcripts {
  readonly transcribe: Transcript;
  /** Only where it was asked for. */
  readonly translate: Transcript | null;
}

export function jobOutput(input: JobInput, { transcribe, translate }: Transcripts): JobOutput {
  const { segments, language, provenance } = transcribe;
  return {
    segments: segments.map(jobSegment),
    detected_language: language,
    transcription: textOf(transcribe, input.transcription ?? 'plain_text'),
    translation: translate ? textOf(translate, input.translation ?? 'plain_text') : null,
    device: provenance.device,
    model: provenance.model.id,
    ...(input.word_timestamps && { word_timestamps: segments.flatMap(wordsOf) }),
    transcript: transcribe,
  };
}

const FRAMES_PER_SECOND = 100;

/** What only Whisper tells is null elsewhere. */
const jobSegment = ({ start, end, text, avgLogProb, ...more }: Segment, id: number): JobSegment => ({
  id,
  seek: more.seek ?? Math.round(start * FRAMES_PER_SECOND),
  start,
  end,
  text,
  tokens: more.tokens ?? null,
  temperature: more.temperature ?? null,
  avg_logprob: avgLogProb,
  compression_ratio: more.compressionRatio ?? null,
  no_speech_prob: more.noSpeechProb ?? null,
});

const wordsOf = ({ words = [] }: Segment) => words.map(({ text, start, end }) => ({ word: text, start, end }));

function textOf(transcript: Transcript, format: JobTextFormat): string {
  const texts = transcript.segments.map(({ text }) => text.trim()).filter(Boolean);
  switch (format) {
    case 'plain_text':
      return texts.join(' ');
    case 'formatted_text':
      return texts.join('\n');
    case 'srt':
      return toSrt(transcript);
    case 'vtt':
      return toVtt(transcript);
    default:
      return format satisfies never;
  }
}
