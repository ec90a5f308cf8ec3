import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { float32, floats } from '../../src/onnx/tensors.ts';
import { readCheckpoint } from '../../src/whisper/checkpoint/checkpoint.ts';
import type { Dimensions } from '../../src/whisper/checkpoint/dimensions.ts';
import type { Weights } from '../../src/whisper/checkpoint/weights.ts';
import { chooseFormats } from '../../src/whisper/choose-formats.ts';
import { integerUnit } from '../../src/whisper/cpu-flags.ts';
import { cachedGraphs } from '../../src/whisper/graph-cache.ts';
import type { Block, GraphFormats } from '../../src/whisper/graphs/block.ts';
import { layerNorm } from '../../src/whisper/graphs/layer-norm.ts';
import { linear, single } from '../../src/whisper/graphs/linear.ts';
import { rotate } from '../../src/whisper/graphs/rotation.ts';
import { turnedWeights } from '../../src/whisper/graphs/turned-weights.ts';
import type { LinearFormat } from '../../src/whisper/graphs/weight-formats.ts';
import { openGraphs } from '../../src/whisper/open-graphs.ts';
import { random, temporaryFolder } from '../media.ts';
import { openBytes } from './built-graph.ts';
import { checkpointCopy, readTensors, safetensors } from './checkpoint-copy.ts';
import { largestDifference, micro } from './golden.ts';

const noise = random(12);
const numbers = (count: number) => Float32Array.from({ length: count }, () => noise() - 0.5);
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
const { formats: exact } = chooseFormats({ device: 'cpu', precision: 'exact', integers: 'none' });

describe.each([1, 64, 96, 384, 512, 1280])('the rotation of %i channels', (size) => {
  it('keeps products, equal numbers and sums', () => {
    const [a, b] = [numbers(size), numbers(size)];
    const [turnedA, turnedB] = [rotate(a.slice(), { size }), rotate(b.slice(), { size })];
    expect(Math.abs(dot(turnedA, turnedB) - dot(a, b))).toBeLessThan(1e-4);
    const equal = new Float32Array(size).fill(1);
    expect(largestDifference(rotate(equal.slice(), { size }), equal)).toBeLessThan(1e-6);
    expect(Math.abs(dot(turnedA, equal) - dot(a, equal))).toBeLessThan(1e-4);
  });

  it.runIf(size > 1)('leaves of no channel more than a part in one channel', () => {
    for (let channel = 0; channel < size; channel += 7) {
      const unit = new Float32Array(size);
      unit[channel] = 1;
      expect(Math.max(...rotate(unit, { size }).map(Math.abs))).toBeLessThan(5 / Math.sqrt(size));
    }
  });

  it('turns vectors that lie across', () => {
    const rows = numbers(3 * size);
    const columns = Float32Array.from({ length: 3 * size }, (_, at) => rows[(at % 3) * size + Math.floor(at / 3)] ?? 0);
    rotate(columns, { size, stride: 3 });
    rotate(rows, { size });
    expect(Array.from(columns)).toEqual(Array.from({ length: 3 * size }, (_, at) => rows[(at % 3) * size + Math.floor(at / 3)]));
  });
});

/** Micro, with norms that shut one channel and shift others far. */
async function strangeNorms() {
  const copy = await checkpointCopy();
  const file = path.join(copy.folder, 'model.safetensors');
  const tensors = await readTensors(file);
  for (const [name, { shape }] of tensors) {
    if (!/layer_norm\.(weight|bias)$/.test(name)) continue;
    const values = numbers(shape[0] ?? 0).map((value, channel) => {
      if (name.endsWith('.weight')) return channel === 3 ? 0 : channel === 4 ? 1e-3 : 1 + value;
      return channel < 5 ? 0.5 : value;
    });
    tensors.set(name, { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer) });
  }
  const bytes = safetensors(tensors);
  await writeFile(file, bytes);
  return copy;
}

async function logitsOf(folder: string, formats: GraphFormats): Promise<Float32Array> {
  await using cache = await temporaryFolder();
  const checkpoint = readCheckpoint(folder);
  const graphs = await cachedGraphs({ checkpoint, hashes: [], formats, cacheFolder: cache.path('graphs') });
  const facts = { ...checkpoint.facts, files: [] };
  const opened = await openGraphs(graphs, { facts, width: checkpoint.dimensions.width, device: 'cpu', threads: 1 });
  const sound = random(3);
  const hidden = await opened.encode([Float32Array.from({ length: 50_000 }, () => sound() - 0.5)]);
  const [row] = await opened.force(hidden, { sequences: [[facts.tokens.sot, 300, 301, 302, 303, 304]], logits: true });
  await opened.release();
  return row?.logits ?? new Float32Array();
}

describe('a checkpoint in another basis', () => {
  it('says the same in float32', async () => {
    await using strange = await strangeNorms();
    for (const folder of [micro, strange.folder]) {
      const plain = await logitsOf(folder, exact);
      expect(plain.length).toBeGreaterThan(6 * 300);
      expect(Math.max(...plain.map(Math.abs))).toBeGreaterThan(1);
      expect(largestDifference(await logitsOf(folder, { ...exact, turned: true }), plain)).toBeLessThan(1e-3);
    }
  });
});

const INPUTS = 64;
const NORM = 'decoder.layers.0.final_layer_norm';
const LAYER = 'decoder.layers.0.fc1';
const tensors: Record<string, { values: Float32Array; shape: number[] }> = {
  [`${LAYER}.weight`]: { values: numbers(32 * INPUTS), shape: [32, INPUTS] },
  [`${LAYER}.bias`]: { values: numbers(32), shape: [32] },
  [`${NORM}.weight`]: { values: numbers(INPUTS).map((value) => 1 + value), shape: [INPUTS] },
  [`${NORM}.bias`]: { values: numbers(INPUTS), shape: [INPUTS] },
};
const weights: Weights = {
  read: (name) => tensors[name]?.values ?? new Float32Array(),
  has: (name) => name in tensors,
  shape: (name) => tensors[name]?.shape ?? [],
  [Symbol.dispose]: () => undefined,
};
const turned = turnedWeights(weights, { width: INPUTS } as Dimensions);

/** Norm and layer: x [rows, 64] → [rows, 32]. */
async function run(x: Float32Array, format: LinearFormat, of: Weights): Promise<Float32Array> {
  const session = await openBytes((file) => {
    const g = new GraphBuilder('layer', file);
    const block = { g, weights: of, formats: exact } as Block;
    const normed = layerNorm(block, g.input('x', 'float32', ['rows', INPUTS]), NORM);
    g.output('y', linear(block, normed, single(LAYER, format)), { type: 'float32', dims: ['rows', 32] });
    return g.model();
  });
  return floats(await session.run({ x: float32(x, [x.length / INPUTS, INPUTS]) }), 'y');
}

const relativeError = (own: Float32Array, right: Float32Array) =>
  Math.sqrt(own.reduce((sum, value, at) => sum + (value - (right[at] ?? 0)) ** 2, 0) / right.reduce((sum, value) => sum + value ** 2, 0));

describe.skipIf(integerUnit() === 'none')('in rows8', () => {
  it('a layer behind a norm errs by half of what it does where it is not turned, if one channel is loud', async () => {
    const x = numbers(40 * INPUTS).map((value, at) => (at % INPUTS === 7 ? value + 8 : value));
    const right = await run(x, 'float', weights);
    const error = relativeError(await run(rotate(x.slice(), { size: INPUTS }), 'rows8', turned), right);
    expect(error).toBeLessThan(1e-2);
    expect(error).toBeLessThan(0.5 * relativeError(await run(x, 'rows8', weights), right));
  });
});
