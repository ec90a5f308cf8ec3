import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { float32, floats } from '../../src/onnx/tensors.ts';
import type { Weights } from '../../src/whisper/checkpoint/weights.ts';
import { chooseFormats } from '../../src/whisper/choose-formats.ts';
import { integerUnit } from '../../src/whisper/cpu-flags.ts';
import type { Block } from '../../src/whisper/graphs/block.ts';
import { type LinearLayer, linear, single } from '../../src/whisper/graphs/linear.ts';
import type { LinearFormat } from '../../src/whisper/graphs/weight-formats.ts';
import { random } from '../media.ts';
import { openBytes } from './built-graph.ts';

const INPUTS = 64;
const noise = random(11);
const numbers = (count: number) => Float32Array.from({ length: count }, () => noise() - 0.5);
const tensors: Record<string, { values: Float32Array; shape: number[] }> = {
  'a.weight': { values: numbers(32 * INPUTS), shape: [32, INPUTS] },
  'a.bias': { values: numbers(32), shape: [32] },
  'b.weight': { values: numbers(16 * INPUTS), shape: [16, INPUTS] },
};
const weights: Weights = {
  read: (name) => tensors[name]?.values ?? new Float32Array(),
  has: (name) => name in tensors,
  shape: (name) => tensors[name]?.shape ?? [],
  [Symbol.dispose]: () => undefined,
};
const { formats } = chooseFormats({ device: 'cpu', precision: 'exact', integers: 'none' });

/** a scaled by 2 and b without a bias, side by side: x [rows, 64] → [rows, 48]. */
async function layer(format: LinearFormat) {
  const session = await openBytes((file) => {
    const g = new GraphBuilder('layer', file);
    const block = { g, weights, formats } as Block;
    const x = g.input('x', 'float32', ['rows', INPUTS]);
    g.output('y', linear(block, x, { name: 'ab', format, parts: [{ name: 'a', scale: 2 }, { name: 'b' }] }), { type: 'float32', dims: ['rows', 48] });
    return g.model();
  });
  return async (x: Float32Array) => floats(await session.run({ x: float32(x, [x.length / INPUTS, INPUTS]) }), 'y');
}

function slowly(x: Float32Array): Float32Array {
  const weight = [...(tensors['a.weight']?.values ?? []).map((value) => 2 * value), ...(tensors['b.weight']?.values ?? [])];
  const bias = [...(tensors['a.bias']?.values ?? []).map((value) => 2 * value), ...Array.from({ length: 16 }, () => 0)];
  return Float32Array.from({ length: (x.length / INPUTS) * 48 }, (_, at) => {
    const [row, output] = [Math.floor(at / 48), at % 48];
    let sum = bias[output] ?? 0;
    for (let input = 0; input < INPUTS; input += 1) sum += (x[row * INPUTS + input] ?? 0) * (weight[output * INPUTS + input] ?? 0);
    return sum;
  });
}

const relativeError = (own: Float32Array, exact: Float32Array) =>
  Math.sqrt(own.reduce((sum, value, at) => sum + (value - (exact[at] ?? 0)) ** 2, 0) / exact.reduce((sum, value) => sum + value ** 2, 0));

describe.each([
  ['float', 1e-6],
  // 8 bit for weights and activations each: a rounding of 1/254 of the largest, evenly distributed.
  ['rows8', 1e-2],
  ['rows7', 1.5e-2],
  ['blocks8', 1e-2],
] as const)('a linear layer as %s', (format, tolerance) => {
  // Without VNNI the sum of two 8-bit products saturates at 16 bit, which is why rows8 is never chosen there.
  const saturates = format === 'rows8' && integerUnit() === 'none';
  it.skipIf(saturates)('multiplies with its parts side by side, scaled, with zeros for the bias that is missing', async () => {
    const x = numbers(5 * INPUTS);
    const error = relativeError(await (await layer(format))(x), slowly(x));
    expect(error).toBeLessThan(tolerance);
  });

  it('gives a row the same result beside rows that are a thousand times larger', async () => {
    const run = await layer(format);
    const row = numbers(INPUTS);
    const loud = numbers(3 * INPUTS).map((value) => 1000 * value);
    const alone = await run(row);
    const together = (await run(Float32Array.of(...loud, ...row))).subarray(3 * 48);
    expect(relativeError(together, alone)).toBeLessThan(1e-6);
  });
});

it('rows7 adds the largest numbers without an overflow, on any processor', async () => {
  const loud: Weights = { ...weights, read: (name) => weights.read(name).map((value) => (name.endsWith('weight') ? 1 : value)) };
  const ones = new Float32Array(INPUTS).fill(1);
  const as = (format: LinearFormat) => run((block, x) => linear({ ...block, weights: loud }, x, single('a', format)), ones);
  expect(relativeError(await as('rows7'), await as('float'))).toBeLessThan(1e-2);
});

type Build = (block: Block, x: string) => string;

async function run(build: Build, x: Float32Array): Promise<Float32Array> {
  const session = await openBytes((file) => {
    const g = new GraphBuilder('layer', file);
    g.output('y', build({ g, weights, formats } as Block, g.input('x', 'float32', ['rows', INPUTS])), { type: 'float32', dims: ['rows', 32] });
    return g.model();
  });
  return floats(await session.run({ x: float32(x, [x.length / INPUTS, INPUTS]) }), 'y');
}

// Weights of 7 bits err by twice as much as those of 8, which what is won for the activations stands beside.
describe.each([
  ['rows8', 0.75, 1.5e-2],
  ['rows7', 0.9, 2e-2],
] as const)('in %s', (format, part, tolerance) => {
  const saturates = format === 'rows8' && integerUnit() === 'none';

  it.skipIf(saturates)('an input that has a least value is rounded the finer for it', async () => {
    const x = numbers(40 * INPUTS).map((value) => Math.max(-0.17, 8 * value));
    const as = (layer: LinearLayer) => run((block, input) => linear(block, input, layer), x);
    const exact = await as(single('a', 'float'));
    const error = relativeError(await as({ ...single('a', format), least: 0.17 }), exact);
    expect(error).toBeLessThan(part * relativeError(await as(single('a', format)), exact));
  });

  it.skipIf(saturates)('an input that is mixed is rounded the finer where few channels of a row are loud', async () => {
    const x = numbers(40 * INPUTS).map((value, at) => (at % 61 === 0 ? 30 * value : value));
    const as = (layer: LinearLayer) => run((block, input) => linear(block, input, layer), x);
    const exact = await as(single('a', 'float'));
    const error = relativeError(await as({ ...single('a', format), mixed: 32 }), exact);
    expect(error).toBeLessThan(part * relativeError(await as(single('a', format)), exact));
  });

  it.skipIf(saturates)('what a norm gives needs no scale of its own, and numbers beyond four standard deviations end there', async () => {
    // The sum of twelve even numbers of variance 1/12 is nearly normal.
    const spread = () => numbers(12).reduce((sum, value) => sum + value, 0);
    const x = Float32Array.from({ length: 40 * INPUTS }, spread);
    const turned = (layer: LinearLayer, input: Float32Array) =>
      run((block, value) => linear({ ...block, formats: { ...formats, turned: true } }, value, { ...layer, normed: true }), input);
    const exact = await turned(single('a', 'float'), x);
    expect(relativeError(await turned(single('a', format), x), exact)).toBeLessThan(tolerance);
    const far = x.map((value, at) => (at % INPUTS === 0 ? 100 : value));
    const ended = x.map((value, at) => (at % INPUTS === 0 ? 4 : value));
    expect(Array.from(await turned(single('a', format), far))).toEqual(Array.from(await turned(single('a', format), ended)));
  });
});
