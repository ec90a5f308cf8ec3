/**
 * Silero VAD v5 over many chunks in one run. The published graph takes one chunk, and most of its time goes into the two hundred
 * nodes around a little arithmetic. All but the recurrent layer knows a chunk by itself, so that here it takes them all at once.
 */
import { GraphBuilder, type Value } from '../onnx/graph-builder.ts';
import { withinModel } from '../onnx/weight-store.ts';
import { CHUNK, CONTEXT, STATE } from './constants.ts';
import type { SileroWeights } from './silero-weights.ts';

/** Samples of a Fourier transform, and its frequencies. */
const FFT = 256;
const BINS = FFT / 2 + 1;

/** Convolutions over 3 frames: the 4 frames of a chunk become 1. */
const FRAMES = 4;
const TAPS = 3;
const layers = [
  { inputs: BINS, outputs: 128, stride: 1 },
  { inputs: 128, outputs: 64, stride: 2 },
  { inputs: 64, outputs: 64, stride: 2 },
  { inputs: 64, outputs: STATE, stride: 1 },
] as const;

/**
 * Inputs, for N chunks one after the other: `samples` [N, 64 + 512] float32, the tail of the chunk before in front of each; `h` and `c`
 * [1, 1, 128], the state before the first. Outputs: `probabilities` [N]; `hN` and `cN` [1, 1, 128], the state after the last.
 */
export function sileroGraph(weights: SileroWeights): Uint8Array {
  const g = new GraphBuilder('silero', withinModel);
  const weight = (name: string, dims: readonly number[], make = () => weights(name)) => g.weight(name, { type: 'float32', dims }, make);
  let x = spectrum(g, g.input('samples', 'float32', ['N', CONTEXT + CHUNK]), weight('stft.forward_basis_buffer', [2 * BINS, FFT]));
  let frames: number = FRAMES;
  for (const [index, layer] of layers.entries()) {
    const name = `encoder.${index}.reparam_conv`;
    const { inputs, outputs, stride } = layer;
    const matrix = weight(`${name}.weight`, [outputs, TAPS * inputs], () => byTap(weights(`${name}.weight`), layer));
    frames /= stride;
    x = convolution(g, x, { matrix, inputs, bias: weight(`${name}.bias`, [outputs]), stride, shape: [-1, frames, outputs] });
  }
  const inOrder = g.op('Reshape', [x, g.ints(-1, 1, STATE)]); // [N, 1, 128]
  const recurrent = (name: string, dims: readonly number[], ...parts: string[]) =>
    weight(name, dims, () => joined(parts.map((part) => inGateOrder(weights(`decoder.rnn.${part}`)))));
  const gates = [
    recurrent('lstm.w', [1, 4 * STATE, STATE], 'weight_ih'),
    recurrent('lstm.r', [1, 4 * STATE, STATE], 'weight_hh'),
    recurrent('lstm.b', [1, 8 * STATE], 'bias_ih', 'bias_hh'),
  ];
  const state = ['h', 'c'].map((name) => g.input(name, 'float32', [1, 1, STATE]));
  const [all, h, c] = g.ops('LSTM', [inOrder, ...gates, '', ...state], { hidden_size: STATE, outputs: 3 }) as [Value, Value, Value];
  const heard = g.op('Relu', [g.op('Reshape', [all, g.ints(-1, STATE)])]); // [N, 128]
  const logits = g.op('Gemm', [heard, weight('decoder.decoder.2.weight', [1, STATE]), weight('decoder.decoder.2.bias', [1])], { transB: 1 });
  g.output('probabilities', g.op('Reshape', [g.op('Sigmoid', [logits]), g.ints(-1)]), { type: 'float32', dims: ['N'] });
  g.output('hN', h, { type: 'float32', dims: [1, 1, STATE] });
  g.output('cN', c, { type: 'float32', dims: [1, 1, STATE] });
  return g.model();
}

/** samples [N, 576] → magnitudes [N, 4, 129]: reflected at the end, then cosines and sines of overlapping frames. */
function spectrum(g: GraphBuilder, samples: Value, basis: Value): Value {
  const padded = g.op('Pad', [samples, g.ints(0, 0, 0, CONTEXT)], { mode: 'reflect' });
  const halves = g.op('Reshape', [padded, g.ints(-1, FRAMES + 1, FFT / 2)]);
  const overlapping = g.op('Concat', [rows(g, halves, { from: 0, to: FRAMES }), rows(g, halves, { from: 1, to: FRAMES + 1 })], { axis: 2 });
  const parts = g.op('Gemm', [g.op('Reshape', [overlapping, g.ints(-1, FFT)]), basis], { transB: 1 }); // [4 N, 258]
  const [real, imaginary] = g.ops('Split', [g.op('Mul', [parts, parts]), g.ints(BINS, BINS)], { axis: 1, outputs: 2 }) as [Value, Value];
  return g.op('Reshape', [g.op('Sqrt', [g.op('Add', [real, imaginary])]), g.ints(-1, FRAMES, BINS)]);
}

interface Convolution {
  /** [outputs, 3 inputs] */
  readonly matrix: Value;
  readonly inputs: number;
  readonly bias: Value;
  readonly stride: number;
  /** Of the result. */
  readonly shape: readonly [chunks: number, frames: number, outputs: number];
}

/** x [N, frames, inputs], zeros before and behind → [N, frames / stride, outputs]. One multiplication for all chunks: one for each has too few columns to be fast. */
function convolution(g: GraphBuilder, x: Value, { matrix, inputs, bias, stride, shape }: Convolution): Value {
  const padded = g.op('Pad', [x, g.ints(0, 1, 0, 0, 1, 0)]);
  const last = (shape[1] - 1) * stride;
  const taps = Array.from({ length: TAPS }, (_, tap) => rows(g, padded, { from: tap, to: tap + last + 1, stride }));
  const seen = g.op('Concat', taps, { axis: 2 }); // [N, frames / stride, 3 inputs]
  const products = g.op('Gemm', [g.op('Reshape', [seen, g.ints(-1, TAPS * inputs)]), matrix, bias], { transB: 1 });
  return g.op('Reshape', [g.op('Relu', [products]), g.ints(...shape)]);
}

/** [outputs, inputs, taps] → [outputs, taps, inputs] */
function byTap(values: Float32Array, { inputs, outputs }: (typeof layers)[number]): Float32Array {
  const sorted = new Float32Array(values.length);
  for (let output = 0; output < outputs; output += 1) {
    for (let input = 0; input < inputs; input += 1) {
      for (let tap = 0; tap < TAPS; tap += 1) sorted[(output * TAPS + tap) * inputs + input] = values[(output * inputs + input) * TAPS + tap] ?? 0;
    }
  }
  return sorted;
}

const rows = (g: GraphBuilder, x: Value, { from, to, stride = 1 }: { from: number; to: number; stride?: number }): Value =>
  g.op('Slice', [x, g.ints(from), g.ints(to), g.ints(1), g.ints(stride)]);

/** PyTorch has the gates input, forget, cell, output; ONNX input, output, forget, cell. */
function inGateOrder(values: Float32Array): Float32Array {
  const length = values.length / 4;
  const gate = (index: number) => values.subarray(index * length, (index + 1) * length);
  return joined([gate(0), gate(3), gate(1), gate(2)]);
}

const joined = (parts: readonly Float32Array[]): Float32Array => Float32Array.from(parts.flatMap((part) => [...part]));
