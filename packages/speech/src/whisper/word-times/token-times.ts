import { alignmentMatrix } from '../../word-times/alignment-matrix.ts';
import { firstFrames } from '../../word-times/time-warping.ts';
import { FRAME } from '../constants.ts';
import type { DecodedRow, SpecialTokens } from '../whisper-model.ts';

/** Samples from the start of the window. */
export interface TokenTime {
  readonly start: number;
  readonly end: number;
}

/** When each text token was said, by its place in the row. Empty where the row has no scores. */
export function tokenTimes({ tokens, logProbs, alignment }: DecodedRow, { eot }: SpecialTokens, samples: number): Map<number, TokenTime> {
  const places = tokens.flatMap((token, place) => (token < eot ? [place] : []));
  if (!alignment || places.length === 0) return new Map();
  // The row behind the last text token ends it: that of the end token, where the model came to it.
  const rows = [...places, Math.min(tokens.length, logProbs.length - 1)];
  const frames = Math.max(1, Math.min(alignment.frames, Math.floor(samples / FRAME)));
  const matrix = alignmentMatrix({ data: alignment.scores, heads: alignment.heads, frames: alignment.frames }, rows, frames);
  const first = firstFrames(matrix, rows.length, frames).map((frame) => frame * FRAME);
  return new Map(places.map((place, index) => [place, { start: first[index] ?? 0, end: first[index + 1] ?? 0 }]));
}
