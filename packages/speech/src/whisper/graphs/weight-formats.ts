/** 8-bit forms of a linear layer's weights, [N, K] = [out, in], symmetric. */

/**
 * - float: as the graph computes
 * - rows8: int8, one scale per output channel; activations uint8 with one scale per row, or a constant one, so that a row never depends on its neighbours in the batch
 * - rows7: the same with weights of 7 bits, for processors without VNNI: they add the products of two numbers in 16 bits, which those of 8 bits overflow
 * - blocks8: 8 bit, one scale per 32 weights; takes the least memory for its exactness
 */
export type LinearFormat = 'float' | 'rows8' | 'rows7' | 'blocks8';

/** What the largest weight becomes: 2 × 255 × 63 fits into 16 bits. */
const LARGEST_CODE = { rows8: 127, rows7: 63 } as const;

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
export function quantizeChannels({ values, outputs, inputs }: Matrix, format: keyof typeof LARGEST_CODE): Quantized {
  const scales = Float32Array.from({ length: outputs }, (_, output) => largest(values, output * inputs, inputs) / LARGEST_CODE[format]);
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
