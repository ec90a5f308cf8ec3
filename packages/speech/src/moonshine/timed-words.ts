/** When each word of a window was said: by the attention of the heads that look at the sound of their token. */
import type { RecognisedWord } from '../recognise/recogniser.ts';
import type { SpeechWindow } from '../vad/pack-windows.ts';
import { alignmentMatrix } from '../word-times/alignment-matrix.ts';
import { cutToSpeech, speechForWords } from '../word-times/cut-to-speech.ts';
import { reachSilence } from '../word-times/reach-silence.ts';
import { firstFrames } from '../word-times/time-warping.ts';
import { FRAME } from './constants.ts';
import type { Decoded } from './decode-batch.ts';
import { startsWord, textOf } from './vocabulary.ts';

/** Words with their punctuation, in order; joined by blanks they are the text. `offset`: samples of the window before the audio that was decoded. */
export function timedWords(decoded: Decoded, window: SpeechWindow, offset: number): RecognisedWord[] {
  const times = tokenStarts(decoded).map((start) => window.start + offset + start);
  const speech = speechForWords(window.speech);
  const words = wordsOf(decoded.tokens).flatMap(({ from, to }) => {
    const text = textOf(decoded.tokens.slice(from, to));
    if (!text) return [];
    return cutToSpeech({ text, start: times[from] ?? 0, end: times[to] ?? 0, confidence: confidenceOf(decoded.logProbs.slice(from, to)) }, speech);
  });
  return reachSilence(words, speech);
}

/** Samples from the start of the window at which each token begins, and at which the last one ends. */
function tokenStarts({ tokens, logProbs, scores }: Decoded): number[] {
  if (tokens.length === 0) return [];
  // The row behind the last token ends it: that of the end token, where the model came to it.
  const rows = [...tokens.keys(), Math.min(tokens.length, logProbs.length - 1)];
  const matrix = alignmentMatrix(scores, rows, scores.frames);
  return firstFrames(matrix, rows.length, scores.frames).map((frame) => frame * FRAME);
}

/** Runs of tokens, each from a blank to before the next. */
function wordsOf(tokens: readonly number[]): { from: number; to: number }[] {
  const starts = tokens.flatMap((token, at) => (at === 0 || startsWord(token) ? [at] : []));
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? tokens.length }));
}

/** Mean probability. */
const confidenceOf = (logProbs: readonly number[]): number =>
  logProbs.reduce((sum, value) => sum + Math.exp(value), 0) / Math.max(1, logProbs.length);
