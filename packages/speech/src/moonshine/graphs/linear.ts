/** Linear layers on the very codes of the file: x [B, K] → [B, N]. Rows of a batch do not influence each other. */
import type { Value } from '../../onnx/graph-builder.ts';
import type { ByteMatrix, LinearMatrix } from '../decoder-weights.ts';
import type { Block } from './block.ts';

/** Weights that share a scale in MatMulNBits: the smallest there is. In the file all share one, so any size gives the same values. */
const BLOCK = 32;

interface LinearLayer {
  /** Of the stored weights. */
  readonly name: string;
  /** Several layers of the same input as one, one after the other along the output. */
  readonly parts: readonly string[];
  readonly bias?: Value;
}

export function linear(block: Block, x: Value, { name, parts, bias }: LinearLayer): Value {
  const matrices = parts.map((part) => block.weights.matrix(part));
  return multiply(block, x, { name, bias, parts: matrices.map((matrix) => ({ ...matrix, codes: transposed(matrix) })) });
}

/** x [B, D] → [B, V] */
export const vocabularyHead = (block: Block, x: Value, width: number): Value => {
  const { embedding } = block.weights;
  return multiply(block, x, { name: EMBEDDING, parts: [{ ...embedding, inputs: width, outputs: embedding.codes.length / width }] });
};

const EMBEDDING = 'embed_tokens';

/** The rows of `tokens` [B] → [B, D]. The table is that of the head, which is stored once. */
export function embed({ g, weights: { embedding } }: Block, tokens: Value, width: number): Value {
  const dims = [embedding.codes.length / width, width / BLOCK, BLOCK];
  const table = g.weight(EMBEDDING, { type: 'uint8', dims }, () => embedding.codes);
  const codes = g.op('Gather', [table, tokens]); // [B, D / 32, 32]
  const rows = g.op('DequantizeLinear', [codes, g.float(embedding.scale), g.constant('uint8', [], [embedding.zero])]);
  return g.op('Reshape', [rows, g.ints(-1, width)]);
}

interface Multiplication {
  readonly name: string;
  /** Codes [outputs, inputs]. */
  readonly parts: readonly LinearMatrix[];
  readonly bias?: Value | undefined;
}

function multiply({ g }: Block, x: Value, { name, parts, bias }: Multiplication): Value {
  const inputs = parts[0]?.inputs ?? 0;
  const outputs = parts.reduce((sum, part) => sum + part.outputs, 0);
  const blocks = inputs / BLOCK;
  const codes = g.weight(name, { type: 'uint8', dims: [outputs, blocks, BLOCK] }, () => joined(parts));
  const each = (value: (matrix: ByteMatrix) => number) => parts.flatMap((part) => new Array<number>(part.outputs * blocks).fill(value(part)));
  const scales = g.weight(`${name}.scales`, { type: 'float32', dims: [outputs * blocks] }, () => Float32Array.from(each(({ scale }) => scale)));
  const zeros = g.weight(`${name}.zeros`, { type: 'uint8', dims: [outputs * blocks] }, () => Uint8Array.from(each(({ zero }) => zero)));
  // Level 4: activations in 8 bit as well, one scale per row and block.
  return g.op('MatMulNBits', [x, codes, scales, zeros, ...(bias ? ['', bias] : [])], {
    K: inputs,
    N: outputs,
    bits: 8,
    block_size: BLOCK,
    accuracy_level: 4,
  });
}

function joined(parts: readonly ByteMatrix[]): Uint8Array {
  if (parts.length === 1) return (parts[0] as ByteMatrix).codes;
  return new Uint8Array(Buffer.concat(parts.map(({ codes }) => codes)));
}

/** [inputs, outputs] → [outputs, inputs] */
function transposed({ codes, inputs, outputs }: LinearMatrix): Uint8Array {
  const turned = new Uint8Array(codes.length);
  for (let input = 0; input < inputs; input += 1) {
    for (let output = 0; output < outputs; output += 1) turned[output * inputs + input] = codes[input * outputs + output] as number;
  }
  return turned;
}
