/** A linear layer, or several of the same input as one: x [rows, K] → [rows, N]. */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import type { Weights } from '../checkpoint/weights.ts';
import { type Block, column, floatWeight, quantizeRows } from './block.ts';
import { BLOCK, type LinearFormat, type Matrix, type Quantized, quantizeBlocks, quantizeChannels } from './weight-formats.ts';

interface LinearPart {
  /** In the checkpoint, without ".weight". */
  readonly name: string;
  /** Folded into weight and bias; unset = 1. */
  readonly scale?: number;
}

export interface LinearLayer {
  /** Of the stored weights. */
  readonly name: string;
  /** One after the other along the output. */
  readonly parts: readonly LinearPart[];
  readonly format: LinearFormat;
  /** False: none of the parts has one. */
  readonly bias?: boolean;
  /** rows8: [in], what each channel of the input has been divided by. */
  readonly multipliers?: () => Float32Array;
  /** rows8: the input is never below minus this, so that most of the codes can be for what is above 0. */
  readonly least?: number;
}

/** Codes for what is below 0, of an input that has a least value. */
const BELOW = 32;

export const single = (name: string, format: LinearFormat): LinearLayer => ({ name, parts: [{ name }], format });

export function linear(block: Block, x: Value, layer: LinearLayer): Value {
  const sizes = sizesOf(block.weights, layer);
  // MatMulNBits wants whole blocks.
  if (layer.format === 'blocks8' && sizes.inputs % BLOCK === 0) return blocks8(block, x, { ...layer, ...sizes });
  if (layer.format === 'rows8') return rows8(block, x, { ...layer, ...sizes });
  const weight = floatWeight(block, `${layer.name}.weight`, {
    dims: [sizes.outputs, sizes.inputs],
    make: () => matrixOf(block.weights, layer).values,
  });
  return block.g.op('Gemm', [x, weight, ...biasOf(block, { ...layer, ...sizes })], { transB: 1 });
}

type Sized = LinearLayer & { readonly outputs: number; readonly inputs: number };

function sizesOf(weights: Weights, { parts }: LinearLayer): { outputs: number; inputs: number } {
  const shapes = parts.map(({ name }) => weights.shape(`${name}.weight`));
  return { outputs: shapes.reduce((sum, [out = 0]) => sum + out, 0), inputs: shapes[0]?.[1] ?? 0 };
}

/** The parts above each other: [N, K]. */
export function matrixOf(weights: Weights, layer: LinearLayer): Matrix {
  const { outputs, inputs } = sizesOf(weights, layer);
  const { parts, multipliers } = layer;
  const values = new Float32Array(outputs * inputs);
  let at = 0;
  for (const { name, scale = 1 } of parts) {
    const part = weights.read(`${name}.weight`);
    values.set(times(part, scale), at);
    at += part.length;
  }
  const factors = multipliers?.();
  if (factors) for (let index = 0; index < values.length; index += 1) values[index] = (values[index] ?? 0) * (factors[index % inputs] ?? 1);
  return { values, outputs, inputs };
}

/** Parts without a bias (the keys of an attention) get zeros. */
function biasOf(block: Block, { name, parts, bias = true, outputs }: Sized): Value[] {
  if (!bias) return [];
  const { weights } = block;
  const make = () => {
    const values = new Float32Array(outputs);
    let at = 0;
    for (const { name: part, scale = 1 } of parts) {
      if (weights.has(`${part}.bias`)) values.set(times(weights.read(`${part}.bias`), scale), at);
      at += weights.shape(`${part}.weight`)[0] ?? 0;
    }
    return values;
  };
  return [floatWeight(block, `${name}.bias`, { dims: [outputs], make })];
}

const times = (values: Float32Array, factor: number): Float32Array => (factor === 1 ? values : values.map((value) => value * factor));

/** Reads and quantizes when it is first asked: weights that are stored already are not read again. */
function lazily(block: Block, layer: Sized, quantize: (matrix: Matrix) => Quantized): () => Quantized {
  let known: Quantized | undefined;
  return () => {
    known ??= quantize(matrixOf(block.weights, layer));
    return known;
  };
}

function blocks8(block: Block, x: Value, layer: Sized): Value {
  const { g } = block;
  const { name, outputs, inputs } = layer;
  const quantized = lazily(block, layer, quantizeBlocks);
  const codes = g.weight(`${name}.blocks8`, { type: 'uint8', dims: [outputs, inputs / BLOCK, BLOCK] }, () => quantized().codes);
  const dims = [outputs, inputs / BLOCK];
  // They have the type of the activations.
  const scales =
    block.formats.float === 'float16'
      ? g.weight(`${name}.blocks8.scales.f16`, { type: 'float16', dims }, () => new Float16Array(quantized().scales))
      : g.weight(`${name}.blocks8.scales`, { type: 'float32', dims }, () => quantized().scales);
  const bias = biasOf(block, layer);
  // Level 4: activations in 8 bit as well, one scale per row and block.
  return g.op('MatMulNBits', [x, codes, scales, ...(bias.length > 0 ? ['', '', ...bias] : [])], {
    K: inputs,
    N: outputs,
    bits: 8,
    block_size: BLOCK,
    accuracy_level: 4,
  });
}

function rows8(block: Block, x: Value, layer: Sized): Value {
  const { g } = block;
  const { name, outputs, inputs } = layer;
  const quantized = lazily(block, layer, quantizeChannels);
  const codes = g.weight(`${name}.rows8`, { type: 'int8', dims: [inputs, outputs] }, () => quantized().codes);
  const scales = g.weight(`${name}.rows8.scales`, { type: 'float32', dims: [outputs] }, () => quantized().scales);
  const { scales: rowScales, zero } = rowScalesOf(g, x, layer.least);
  const activations = quantizeRows(g, x, { scales: rowScales, zero });
  // Its scale of the activations is one for all, so that of the rows comes afterwards.
  const product = g.op('MatMulIntegerToFloat', [activations, codes, g.float(1), scales, g.constant('uint8', [], [zero])]);
  const scaled = g.op('Mul', [product, column(g, rowScales)]);
  const bias = biasOf(block, layer);
  return bias.length > 0 ? g.op('Add', [scaled, ...bias]) : scaled;
}

/** x [rows, K] → [rows]: the smallest scale with which all of a row has codes from 0 to 255, and the code of 0. */
function rowScalesOf(g: GraphBuilder, x: Value, least?: number): { scales: Value; zero: number } {
  const most = g.op('ReduceMax', [x, g.ints(-1)], { keepdims: 0 });
  if (least !== undefined) return { scales: g.op('Max', [g.op('Div', [most, g.float(255 - BELOW)]), g.float(least / BELOW)]), zero: BELOW };
  const lowest = g.op('ReduceMin', [x, g.ints(-1)], { keepdims: 0 });
  return { scales: g.op('Div', [g.op('Max', [most, g.op('Neg', [lowest]), g.float(1e-9)]), g.float(127)]), zero: 128 };
}
