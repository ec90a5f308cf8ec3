import { alignmentMatrix } from '../../word-times/alignment-matrix.ts';
import { firstFrames } from '../../word-times/time-warping.ts';
import { FRAME } from '../constants.ts';
import type { AlignmentScores, DecodedRow, SpecialTokens } from '../whisper-model.ts';

/** Samples from the start of the window. */
export interface TokenTime {
  readonly start: number;
  readonly end: number;
}

/** When each text token was said, by its place in the row: in a window of so many `samples`, and none before `from`. Empty where the row has no scores. */
export function tokenTimes(
  { tokens, logProbs, alignment }: DecodedRow,
  { eot }: SpecialTokens,
  { from, samples }: Record<'from' | 'samples', number>,
): Map<number, TokenTime> {
  const places = tokens.flatMap((token, place) => (token < eot ? [place] : []));
  if (!alignment || places.length === 0) return new Map();
  // The row behind the last text token ends it: that of the end token, where the model came to it.
  const rows = [...places, Math.min(tokens.length, logProbs.length - 1)];
  const skipped = Math.floor(from / FRAME);
  const { scores, heads, frames: all } = skippedFrames(alignment, skipped);
  const frames = Math.max(1, Math.min(all, Math.floor(samples / FRAME) - skipped));
  const matrix = alignmentMatrix({ data: scores, heads, frames: all }, rows, frames);
  const first = firstFrames(matrix, rows.length, frames).map((frame) => (skipped + frame) * FRAME);
  return new Map(places.map((place, index) => [place, { start: first[index] ?? 0, end: first[index + 1] ?? 0 }]));
}

/** Without the first `skipped` frames. */
function skippedFrames({ scores, heads, frames }: AlignmentScores, skipped: number): AlignmentScores {
  if (skipped === 0) return { scores, heads, frames };
  const left = frames - skipped;
  const kept = new Float32Array((scores.length / frames) * left);
  for (let row = 0; row < scores.length / frames; row += 1) kept.set(scores.subarray(row * frames + skipped, (row + 1) * frames), row * left);
  return { scores: kept, heads, frames: left };
}
