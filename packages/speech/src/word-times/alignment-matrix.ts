/**
 * Where in the audio each token was heard: the scores of the alignment heads, made comparable between tokens and smoothed,
 * as in `timing.py` of the reference implementation of Whisper.
 */

/** Raw q·K of some heads, [rows, heads, frames]: one row for each token, in the step that produced it. */
export interface Scores {
  readonly data: Float32Array;
  readonly heads: number;
  readonly frames: number;
}

/** Encoder frames (0.14 s) over which the median is taken. */
const MEDIAN = 7;

/** How well each token fits each frame, [rows.length, frames]; of the scores only the first `frames`, where there is audio. */
export function alignmentMatrix(scores: Scores, rows: readonly number[], frames: number): Float32Array {
  const matrix = new Float32Array(rows.length * frames);
  for (let head = 0; head < scores.heads; head += 1) {
    const weights = attention(scores, { rows, frames, head });
    standardise(weights, rows.length, frames);
    rows.forEach((_, row) => {
      addMedians(matrix.subarray(row * frames, (row + 1) * frames), weights.subarray(row * frames, (row + 1) * frames), scores.heads);
    });
  }
  return matrix;
}

interface HeadRows {
  readonly rows: readonly number[];
  readonly frames: number;
  readonly head: number;
}

/** Softmax over the frames of each row, [rows.length, frames]. */
function attention(scores: Scores, { rows, frames, head }: HeadRows): Float32Array {
  const weights = new Float32Array(rows.length * frames);
  rows.forEach((row, index) => {
    const from = (row * scores.heads + head) * scores.frames;
    softmax(scores.data.subarray(from, from + frames), weights.subarray(index * frames, (index + 1) * frames));
  });
  return weights;
}

function softmax(values: Float32Array, into: Float32Array): void {
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) if (value > max) max = value;
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = Math.exp((values[index] as number) - max);
    into[index] = value;
    sum += value;
  }
  for (let index = 0; index < into.length; index += 1) into[index] = (into[index] as number) / sum;
}

/** Each frame to mean 0 and deviation 1 over the rows: what all tokens attend to tells nothing. In place, [rows, frames]. */
function standardise(weights: Float32Array, rows: number, frames: number): void {
  const [means, deviations] = [new Float64Array(frames), new Float64Array(frames)];
  eachOf(weights, frames, (at, frame) => {
    means[frame] = (means[frame] as number) + (weights[at] as number);
  });
  for (let frame = 0; frame < frames; frame += 1) means[frame] = (means[frame] as number) / rows;
  eachOf(weights, frames, (at, frame) => {
    deviations[frame] = (deviations[frame] as number) + ((weights[at] as number) - (means[frame] as number)) ** 2;
  });
  for (let frame = 0; frame < frames; frame += 1) deviations[frame] = Math.sqrt((deviations[frame] as number) / rows) || 1;
  eachOf(weights, frames, (at, frame) => {
    weights[at] = ((weights[at] as number) - (means[frame] as number)) / (deviations[frame] as number);
  });
}

/** In the order of memory. */
function eachOf({ length }: Float32Array, frames: number, visit: (at: number, frame: number) => void): void {
  for (let from = 0; from < length; from += frames) {
    for (let frame = 0; frame < frames; frame += 1) visit(from + frame, frame);
  }
}

/** Adds each value's running median, the row mirrored at both ends; divided by `heads`, so that all heads together make the mean. */
function addMedians(sums: Float32Array, row: Float32Array, heads: number): void {
  const half = MEDIAN >> 1;
  const length = row.length;
  // The reference leaves rows unsmoothed that are too short to mirror.
  const isSmoothed = length > half;
  const value = (at: number) => row[mirrored(at, length)] as number;
  const sorted = isSmoothed ? Float32Array.from({ length: MEDIAN }, (_, index) => value(index - half)).sort() : row;
  for (let at = 0; at < length; at += 1) {
    if (isSmoothed && at > 0) replace(sorted, value(at - half - 1), value(at + half));
    const median = (isSmoothed ? sorted[half] : row[at]) as number;
    sums[at] = (sums[at] as number) + median / heads;
  }
}

function mirrored(at: number, length: number): number {
  if (at < 0) return -at;
  return at < length ? at : 2 * length - 2 - at;
}

/** One of the values, which are in order, by another. */
function replace(sorted: Float32Array, old: number, value: number): void {
  let place = 0;
  while (sorted[place] !== old) place += 1;
  for (; place + 1 < sorted.length && (sorted[place + 1] as number) < value; place += 1) sorted[place] = sorted[place + 1] as number;
  for (; place > 0 && (sorted[place - 1] as number) > value; place -= 1) sorted[place] = sorted[place - 1] as number;
  sorted[place] = value;
}
