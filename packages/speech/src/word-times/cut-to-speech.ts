/**
 * Warping leaves no time over: a pause goes to one of the words beside it, mostly the one behind. Voice activity knows
 * better where nobody speaks, so a word keeps only what lies in speech.
 */
import { SAMPLE_RATE } from '../decode/decoder.ts';
import type { Span } from '../vad/span-tracker.ts';

/** Samples (0.05 s): speech begins and fades more softly than the detection hears. */
const MARGIN = Math.round(0.05 * SAMPLE_RATE);
/** Samples (0.2 s). A shorter pause lies within a word. */
const PAUSE = Math.round(0.2 * SAMPLE_RATE);
/** Samples (0.1 s). A shorter piece of a word is the margin of its neighbour. */
const LEAST_PIECE = Math.round(0.1 * SAMPLE_RATE);

/** Speech as words see it: short pauses closed, a margin on both sides. */
export function speechForWords(speech: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of speech) {
    const last = joined.at(-1);
    if (last && span.start - last.end < PAUSE) joined[joined.length - 1] = { start: last.start, end: span.end };
    else joined.push(span);
  }
  return joined.map(({ start, end }) => ({ start: Math.max(0, start - MARGIN), end: end + MARGIN }));
}

/** The last piece of the word that lies in speech and is not too short; the word as it is where nothing of it does. */
export function cutToSpeech<T extends Span>(word: T, speech: readonly Span[]): T {
  const pieces = speech
    .map(({ start, end }) => ({ start: Math.max(start, word.start), end: Math.min(end, word.end) }))
    .filter(({ start, end }) => end > start);
  const piece = pieces.findLast(({ start, end }) => end - start >= LEAST_PIECE) ?? pieces.at(-1);
  return piece ? { ...word, ...piece } : word;
}
