import type { Tensor } from '../onnx/runtime.ts';
import { float32 } from '../onnx/tensors.ts';
import { AUDIO_POSITIONS } from './checkpoint/dimensions.ts';
import type { Hidden } from './requests.ts';

/** data [B, 1500, width] float32 */
export function hiddenStates(data: Float32Array, width: number): Hidden {
  const length = AUDIO_POSITIONS * width;
  return {
    windows: data.length / length,
    data,
    select: (rows) => {
      const missing = rows.find((row) => !Number.isInteger(row) || row < 0 || row >= data.length / length);
      if (missing !== undefined) throw new RangeError(`There is no window ${missing}.`);
      return hiddenStates(selected(data, rows, length), width);
    },
  };
}

/** Rows that follow each other are not copied. */
function selected(data: Float32Array, rows: readonly number[], length: number): Float32Array {
  const [first = 0] = rows;
  if (rows.every((row, index) => row === first + index)) return data.subarray(first * length, (first + rows.length) * length);
  const copied = new Float32Array(rows.length * length);
  for (const [at, row] of rows.entries()) copied.set(data.subarray(row * length, (row + 1) * length), at * length);
  return copied;
}

/** The windows of all parts, in order. */
export function joinHidden(parts: readonly Hidden[]): Hidden {
  const [first] = parts;
  if (!first) throw new RangeError('There is no window.');
  if (parts.length === 1) return first;
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  return hiddenStates(data, first.data.length / first.windows / AUDIO_POSITIONS);
}

/** [B, 1500, width] */
export const hiddenTensor = ({ windows, data }: Hidden): Tensor => float32(data, [windows, AUDIO_POSITIONS, data.length / windows / AUDIO_POSITIONS]);
