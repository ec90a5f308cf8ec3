/** Dynamic time warping: the cheapest way through a matrix on which rows and frames both only go forward. */

const BOTH = 0;
const NEXT_ROW = 1;
const NEXT_FRAME = 2;

/** `fit` [rows, frames], high where they belong together. Returns the first frame of each row. */
export function firstFrames(fit: Float32Array, rows: number, frames: number): number[] {
  return walkBack(stepsOf(fit, rows, frames), rows, frames);
}

/** The last step of the cheapest way to each cell, [rows, frames]. */
function stepsOf(fit: Float32Array, rows: number, frames: number): Uint8Array {
  const steps = new Uint8Array(rows * frames);
  // Cost of the best way to each cell of a row; position 0 lies before the first frame. float32, as ties are broken by it.
  let above = new Float32Array(frames + 1).fill(Number.POSITIVE_INFINITY);
  above[0] = 0;
  for (let row = 0; row < rows; row += 1) {
    const costs = new Float32Array(frames + 1).fill(Number.POSITIVE_INFINITY);
    for (let frame = 0; frame < frames; frame += 1) {
      const both = above[frame] as number;
      const down = above[frame + 1] as number;
      const ahead = costs[frame] as number;
      const step = cheapest(both, down, ahead);
      steps[row * frames + frame] = step;
      const before = step === BOTH ? both : step === NEXT_ROW ? down : ahead;
      costs[frame + 1] = before - (fit[row * frames + frame] as number);
    }
    above = costs;
  }
  return steps;
}

/** A tie goes to the next frame, as in the reference. */
function cheapest(both: number, down: number, ahead: number): number {
  if (both < down && both < ahead) return BOTH;
  return down < both && down < ahead ? NEXT_ROW : NEXT_FRAME;
}

function walkBack(steps: Uint8Array, rows: number, frames: number): number[] {
  const first = new Array<number>(rows).fill(0);
  let row = rows - 1;
  let frame = frames - 1;
  while (row >= 0 && frame >= 0) {
    first[row] = frame;
    const step = steps[row * frames + frame];
    if (step !== NEXT_FRAME) row -= 1;
    if (step !== NEXT_ROW) frame -= 1;
  }
  return first;
}
