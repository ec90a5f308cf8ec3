import type { Tensor } from 'onnxruntime-node';
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
      const selected = new Float32Array(rows.length * length);
      for (const [at, row] of rows.entries()) {
        if (!Number.isInteger(row) || row < 0 || row >= data.length / length) throw new RangeError(`There is no window ${row}.`);
        selected.set(data.subarray(row * length, (row + 1) * length), at * length);
      }
      return hiddenStates(selected, width);
    },
  };
}

/** [B, 1500, width] */
export const hiddenTensor = ({ windows, data }: Hidden): Tensor => float32(data, [windows, AUDIO_POSITIONS, data.length / windows / AUDIO_POSITIONS]);
