/** A decoded stretch as segments: text with times, and words where the row has scores for them. */
import type { SegmentDecoding } from '@bulk-transcribe/protocol';
import type { Span } from '../../vad/span-tracker.ts';
import { cutToSpeech, speechForWords } from '../../word-times/cut-to-speech.ts';
import { reachSilence } from '../../word-times/reach-silence.ts';
import { FRAME, SEEK_FRAME } from '../constants.ts';
import { type Attempt, compressionRatio } from '../decode/attempt.ts';
import type { DecodeSetup } from '../decode-setup.ts';
import type { Stretch } from '../stretch.ts';
import { type TimedWord, timedWords } from '../word-times/timed-words.ts';
import { type TokenTime, tokenTimes } from '../word-times/token-times.ts';
import { type Slice, timestampSlices } from './timestamp-slices.ts';

/** Samples from the start of the recording. */
export interface TimedText extends Span {
  readonly text: string;
  readonly avgLogProb: number;
  readonly words?: readonly TimedWord[];
  readonly decoding: SegmentDecoding;
}

/** What is known of a stretch when its text is read. */
export interface Decoded {
  readonly stretch: Stretch;
  readonly attempt: Attempt;
  readonly language: string;
}

export function timedTexts(decoded: Decoded, setup: DecodeSetup): TimedText[] {
  const { stretch, attempt } = decoded;
  const { tokens } = setup.model.facts;
  const decoding = decodingOf(decoded);
  const times = attempt.row.alignment
    ? tokenTimes(attempt.row, tokens, { from: stretch.from - stretch.start, samples: stretch.samples.length })
    : null;
  return timestampSlices(attempt.row.tokens, tokens.timestampBegin).flatMap((slice) => {
    const text = setup.tokenizer.decode(textTokens(slice, decoded, tokens.eot).map(({ token }) => token)).trim();
    if (!text) return [];
    const span = spanOf(slice, stretch);
    const words = times ? { words: wordsOf(slice, times, { decoded, setup }) } : {};
    const own = { ...decoding, tokens: attempt.row.tokens.slice(slice.from, slice.to) };
    return { ...span, text, avgLogProb: attempt.row.avgLogProb, decoding: own, ...words };
  });
}

/** What all its segments share. */
const decodingOf = ({ stretch, attempt: { text, temperature, row } }: Decoded): Omit<SegmentDecoding, 'tokens'> => ({
  temperature,
  compressionRatio: compressionRatio(text),
  noSpeechProb: row.noSpeechProb,
  seek: Math.round(stretch.start / SEEK_FRAME),
});

/** Timestamps may point behind the end of the stretch, into the silence that fills the window up. */
export function spanOf({ start, end }: Slice, stretch: Stretch): Span {
  const place = (steps: number) => Math.min(stretch.end, stretch.start + steps * FRAME);
  return { start: place(start), end: end === null ? stretch.end : place(end) };
}

function textTokens({ from, to }: Slice, { attempt: { row } }: Decoded, eot: number): { token: number; place: number }[] {
  return row.tokens.slice(from, to).flatMap((token, index) => (token < eot ? { token, place: from + index } : []));
}

function wordsOf(slice: Slice, times: ReadonlyMap<number, TokenTime>, { decoded, setup }: { decoded: Decoded; setup: DecodeSetup }): TimedWord[] {
  const { stretch, attempt, language } = decoded;
  const tokens = textTokens(slice, decoded, setup.model.facts.tokens.eot).map(({ token, place }) => {
    const { start, end } = times.get(place) ?? { start: 0, end: 0 };
    return { token, logProb: attempt.row.logProbs[place] ?? 0, start: stretch.start + start, end: stretch.start + end };
  });
  const speech = speechForWords(stretch.window.speech);
  const words = timedWords(tokens, language, setup.tokenizer).map((word) => cutToSpeech(word, speech));
  return reachSilence(words, speech);
}
