/** A linear layer, or several of the same input as one: x [rows, K] → [rows, N]. */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import type { Weights } from '../checkpoint/weights.ts';
import { type Block, column, floatWeight, quantizeRows } from './block.ts';
import { rotate, rotationWeight } from './rotation.ts';
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
  /** rows8, rows7: the input is never below minus this, so that most of the codes can be for what is above 0. */
  readonly least?: number | undefined;
  /** The input is a layer norm's result. In turned weights all of its rows and channels are about equally loud, so that rows8 and rows7 take one scale for all. */
  readonly normed?: boolean;
  /** rows8, rows7: so many channels of the input, one after the other, are mixed first, so that none is loud. */
  readonly mixed?: number;
}

/** Codes for what is below 0, of an input that has a least value. */
const BELOW = 32;
/** Of numbers with a normal distribution 8 bits lose least when they end at so many standard deviations. */
const FARTHEST = 4;
const NORMED_SCALE = FARTHEST / 127;

export const single = (name: string, format: LinearFormat): LinearLayer => ({ name, parts: [{ name }], format });

export function linear(block: Block, x: Value, layer: LinearLayer): Value {
  const sizes = sizesOf(block.weights, layer);
  // MatMulNBits wants whole blocks.
  if (layer.format === 'blocks8' && sizes.inputs % BLOCK === 0) return blocks8(block, x, { ...layer, ...sizes });
  if (layer.format === 'rows8' || layer.format === 'rows7') return rows(block, x, { ...layer, ...sizes, format: layer.format });
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
function matrixOf(weights: Weights, layer: LinearLayer): Matrix {
  const { outputs, inputs } = sizesOf(weights, layer);
  const values = new Float32Array(outputs * inputs);
  let at = 0;
  for (const { name, scale = 1 } of layer.parts) {
    const part = weights.read(`${name}.weight`);
    values.set(times(part, scale), at);
    at += part.length;
  }
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

function rows(block: Block, x: Value, layer: Sized & { readonly format: 'rows8' | 'rows7' }): Value {
  const { g } = block;
  const { name, format, outputs, inputs, mixed, normed, least } = layer;
  const quantized = lazily(block, layer, (matrix) =>
    quantizeChannels(mixed ? { ...matrix, values: rotate(matrix.values, { size: mixed }) } : matrix, format),
  );
  const codes = g.weight(`${name}.${format}`, { type: 'int8', dims: [inputs, outputs] }, () => quantized().codes);
  const scales = g.weight(`${name}.${format}.scales`, { type: 'float32', dims: [outputs] }, () => quantized().scales);
  const weights: Weights8 = { codes, scales, bias: biasOf(block, layer) };
  if (normed && block.formats.turned) return roundedAlike(g, x, weights);
  return roundedByRow(g, mixed ? mixChannels(block, x, { inputs, mixed }) : x, { ...weights, least });
}

interface Weights8 {
  readonly codes: Value;
  readonly scales: Value;
  /** Empty where there is none. */
  readonly bias: readonly Value[];
}

/** All of the input with one constant scale. */
function roundedAlike(g: GraphBuilder, x: Value, { codes, scales, bias }: Weights8): Value {
  const [zero, scale] = [g.constant('uint8', [], [128]), g.float(NORMED_SCALE)];
  const activations = g.op('QuantizeLinear', [x, scale, zero]);
  return g.op('MatMulIntegerToFloat', [activations, codes, scale, scales, zero, ...(bias.length > 0 ? ['', ...bias] : [])]);
}

/** Each row of the input with a scale of its own. The operator knows one for all, so that they come afterwards. */
function roundedByRow(g: GraphBuilder, x: Value, { codes, scales, bias, least }: Weights8 & Pick<LinearLayer, 'least'>): Value {
  const { scales: rowScales, zero } = rowScalesOf(g, x, least);
  const activations = quantizeRows(g, x, { scales: rowScales, zero });
  const product = g.op('MatMulIntegerToFloat', [activations, codes, g.float(1), scales, g.constant('uint8', [], [zero])]);
  const scaled = g.op('Mul', [product, column(g, rowScales)]);
  return bias.length > 0 ? g.op('Add', [scaled, ...bias]) : scaled;
}

/** x [rows, K] */
function mixChannels(block: Block, x: Value, { inputs, mixed }: { inputs: number; mixed: number }): Value {
  const { g } = block;
  const groups = g.op('Reshape', [x, g.ints(-1, mixed)]);
  return g.op('Reshape', [g.op('MatMul', [groups, rotationWeight(block, mixed)]), g.ints(-1, inputs)]);
}

/** x [rows, K] → [rows]: the smallest scale with which all of a row has codes from 0 to 255, and the code of 0. */
function rowScalesOf(g: GraphBuilder, x: Value, least?: number): { scales: Value; zero: number } {
  const most = g.op('ReduceMax', [x, g.ints(-1)], { keepdims: 0 });
  if (least !== undefined) return { scales: g.op('Max', [g.op('Div', [most, g.float(255 - BELOW)]), g.float(least / BELOW)]), zero: BELOW };
  const lowest = g.op('ReduceMin', [x, g.ints(-1)], { keepdims: 0 });
  return { scales: g.op('Div', [g.op('Max', [most, g.op('Neg', [lowest]), g.float(1e-9)]), g.float(127)]), zero: 128 };
}
