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
  for (let frame = 0; frame < frames; frame += 1) {
    let mean = 0;
    for (let at = frame; at < weights.length; at += frames) mean += weights[at] as number;
    mean /= rows;
    let squares = 0;
    for (let at = frame; at < weights.length; at += frames) squares += ((weights[at] as number) - mean) ** 2;
    const deviation = Math.sqrt(squares / rows) || 1;
    for (let at = frame; at < weights.length; at += frames) weights[at] = ((weights[at] as number) - mean) / deviation;
  }
}

/** Adds each value's running median, the row mirrored at both ends; divided by `heads`, so that all heads together make the mean. */
function addMedians(sums: Float32Array, row: Float32Array, heads: number): void {
  const half = MEDIAN >> 1;
  const length = row.length;
  const sorted = new Float32Array(MEDIAN);
  for (let at = 0; at < length; at += 1) {
    for (let offset = -half; offset <= half; offset += 1) {
      insert(sorted, offset + half, row[mirrored(at + offset, length)] as number);
    }
    // The reference leaves rows unsmoothed that are too short to mirror.
    const median = length > half ? (sorted[half] as number) : (row[at] as number);
    sums[at] = (sums[at] as number) + median / heads;
  }
}

function mirrored(at: number, length: number): number {
  if (at < 0) return -at;
  return at < length ? at : 2 * length - 2 - at;
}

/** Into the first `filled` values, which are in order: for so few, quicker than sorting. */
function insert(sorted: Float32Array, filled: number, value: number): void {
  let place = filled;
  for (; place > 0 && (sorted[place - 1] as number) > value; place -= 1) sorted[place] = sorted[place - 1] as number;
  sorted[place] = value;
}
