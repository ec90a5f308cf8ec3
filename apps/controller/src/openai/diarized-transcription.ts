import { type OpenAiDiarizedSegment, type OpenAiDiarizedTranscription, type Transcript, transcriptText } from '@bulk-transcribe/protocol';
import { stretchToTurns } from './stretch-to-turns.ts';

/** Where nobody could be told apart. */
const NOBODY = 'unknown';

/** Known speakers by their names, the others A, B, … by first appearance, as OpenAI labels them. `names`: by id of the speaker. */
export function toDiarized(transcript: Transcript, names: ReadonlyMap<string, string>): OpenAiDiarizedTranscription {
  const { durationSec } = transcript;
  return {
    task: 'transcribe',
    duration: durationSec,
    text: transcriptText(transcript),
    segments: diarizedSegments(transcript, names),
    usage: { type: 'duration', seconds: Math.ceil(durationSec) },
  };
}

/** Each as long as its speaker speaks: segments of two who speak at once overlap. */
export function diarizedSegments({ segments, speakers = [], turns = [] }: Transcript, names: ReadonlyMap<string, string>): OpenAiDiarizedSegment[] {
  const used = new Set(names.values());
  const free = Iterator.from(letters()).filter((letter) => !used.has(letter));
  const labels = new Map(speakers.map(({ id }) => [id, names.get(id) ?? free.next().value ?? id]));
  const spoken = segments.filter(({ text }) => text !== '');
  return stretchToTurns(spoken, turns).map(({ speaker, start, end, text }, index) => ({
    type: 'transcript.text.segment',
    id: `seg_${index}`,
    start,
    end,
    text,
    speaker: labels.get(speaker ?? '') ?? NOBODY,
  }));
}

/** A … Z, then AA … ZZ: more than are ever told apart. */
function* letters(): Generator<string> {
  const alphabet = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
  yield* alphabet;
  for (const first of alphabet) for (const second of alphabet) yield first + second;
}
