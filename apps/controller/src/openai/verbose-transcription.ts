import { deflateSync } from 'node:zlib';
import { type OpenAiSegment, type OpenAiVerboseTranscription, type Segment, type Transcript, transcriptText } from '@bulk-transcribe/protocol';
import type { TranscriptionOrder } from './read-order.ts';

/** Whisper counts positions in frames of 10 ms. */
const FRAMES_PER_SECOND = 100;

export function toVerbose(transcript: Transcript, { options, segments }: TranscriptionOrder): OpenAiVerboseTranscription {
  const words = transcript.segments.flatMap((segment) => segment.words ?? []);
  return {
    task: options.task,
    // A translation is always into English, and OpenAI names the language of the text.
    language: options.task === 'translate' ? 'english' : languageName(transcript.language ?? options.language),
    duration: transcript.durationSec,
    text: transcriptText(transcript),
    ...(segments && { segments: transcript.segments.map((segment, id) => toSegment(segment, id, options.temperature)) }),
    ...(options.wordTimes && { words: words.map(({ text, start, end }) => ({ word: text, start, end })) }),
  };
}

/** "english", as OpenAI writes it; "unknown" where nobody said. */
const languageName = (code: string | null): string =>
  code === null ? 'unknown' : (new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code).toLowerCase();

/** What a model here has no number for is left empty or 0, never invented. */
function toSegment(segment: Segment, id: number, temperature: number): OpenAiSegment {
  const { start, end, text, avgLogProb } = segment;
  return {
    id,
    seek: segment.seek ?? Math.round(start * FRAMES_PER_SECOND),
    start,
    end,
    text,
    tokens: segment.tokens ?? [],
    temperature: segment.temperature ?? temperature,
    avg_logprob: avgLogProb,
    compression_ratio: segment.compressionRatio ?? compressionRatio(text),
    no_speech_prob: segment.noSpeechProb ?? 0,
  };
}

/** Bytes of the text by bytes after zlib, as Whisper counts it: high where a text repeats itself. */
function compressionRatio(text: string): number {
  const bytes = Buffer.from(text);
  return bytes.length / deflateSync(bytes).length;
}
