/** 8-bit forms of a linear layer's weights, [N, K] = [out, in], symmetric. */

/**
 * - float: as the graph computes
 * - rows8: int8, one scale per output channel; activations uint8 with one scale per row, so that a row never depends on its neighbours in the batch
 * - blocks8: 8 bit, one scale per 32 weights; for few rows
 */
export type LinearFormat = 'float' | 'rows8' | 'blocks8';

/** Weights that share a scale in `blocks8`. */
export const BLOCK = 32;
/** Where all weights are 0 any scale will do. */
const LEAST = 1e-9;

export interface Matrix {
  /** [N, K] */
  readonly values: Float32Array;
  readonly outputs: number;
  readonly inputs: number;
}

export interface Quantized {
  readonly codes: Int8Array | Uint8Array;
  readonly scales: Float32Array;
}

/** Codes [K, N], as MatMulInteger wants them; scales [N]. */
export function quantizeChannels({ values, outputs, inputs }: Matrix): Quantized {
  const scales = Float32Array.from({ length: outputs }, (_, output) => largest(values, output * inputs, inputs) / 127);
  const codes = new Int8Array(inputs * outputs);
  for (let output = 0; output < outputs; output += 1) {
    const scale = scales[output] ?? 1;
    for (let input = 0; input < inputs; input += 1) codes[input * outputs + output] = Math.round((values[output * inputs + input] ?? 0) / scale);
  }
  return { codes, scales };
}

/** Codes [N, K / 32, 32] with 128 for zero, as MatMulNBits wants them; scales [N, K / 32]. */
export function quantizeBlocks({ values }: Matrix): Quantized {
  const scales = Float32Array.from({ length: values.length / BLOCK }, (_, block) => largest(values, block * BLOCK, BLOCK) / 127);
  const codes = new Uint8Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    codes[index] = Math.round((values[index] ?? 0) / (scales[Math.floor(index / BLOCK)] ?? 1)) + 128;
  }
  return { codes, scales };
}

function largest(values: Float32Array, from: number, count: number): number {
  let found = LEAST;
  for (let index = from; index < from + count; index += 1) found = Math.max(found, Math.abs(values[index] ?? 0));
  return found;
}
