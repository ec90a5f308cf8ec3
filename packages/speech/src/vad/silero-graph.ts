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
  let x = spectrum(g, g.input('samples', 'float32', ['N', CONTEXT + CHUNK]), weight('stft.forward_basis_buffer', [2 * BINS, 1, FFT]));
  for (const [index, { inputs, outputs, stride }] of layers.entries()) {
    const name = `encoder.${index}.reparam_conv`;
    const parameters = [weight(`${name}.weight`, [outputs, inputs, 3]), weight(`${name}.bias`, [outputs])];
    x = g.op('Relu', [g.op('Conv', [x, ...parameters], { kernel_shape: [3], pads: [1, 1], strides: [stride] })]);
  }
  const inOrder = g.op('Transpose', [x], { perm: [0, 2, 1] }); // [N, 1, 128]
  const recurrent = (name: string, dims: readonly number[], ...parts: string[]) =>
    weight(name, dims, () => joined(parts.map((part) => inGateOrder(weights(`decoder.rnn.${part}`)))));
  const gates = [
    recurrent('lstm.w', [1, 4 * STATE, STATE], 'weight_ih'),
    recurrent('lstm.r', [1, 4 * STATE, STATE], 'weight_hh'),
    recurrent('lstm.b', [1, 8 * STATE], 'bias_ih', 'bias_hh'),
  ];
  const state = ['h', 'c'].map((name) => g.input(name, 'float32', [1, 1, STATE]));
  const [all, h, c] = g.ops('LSTM', [inOrder, ...gates, '', ...state], { hidden_size: STATE, outputs: 3 }) as [Value, Value, Value];
  const rows = g.op('Relu', [g.op('Reshape', [all, g.ints(-1, STATE)])]); // [N, 128]
  const logits = g.op('Gemm', [rows, weight('decoder.decoder.2.weight', [1, STATE]), weight('decoder.decoder.2.bias', [1])], { transB: 1 });
  g.output('probabilities', g.op('Reshape', [g.op('Sigmoid', [logits]), g.ints(-1)]), { type: 'float32', dims: ['N'] });
  g.output('hN', h, { type: 'float32', dims: [1, 1, STATE] });
  g.output('cN', c, { type: 'float32', dims: [1, 1, STATE] });
  return g.model();
}

/** samples [N, 576] → magnitudes [N, 129, 4]: reflected at the end, then a Fourier transform as a convolution with cosines and sines. */
function spectrum(g: GraphBuilder, samples: Value, basis: Value): Value {
  const padded = g.op('Pad', [samples, g.ints(0, 0, 0, CONTEXT)], { mode: 'reflect' });
  const parts = g.op('Conv', [g.op('Unsqueeze', [padded, g.ints(1)]), basis], { kernel_shape: [FFT], strides: [FFT / 2] });
  const [real, imaginary] = g.ops('Split', [g.op('Mul', [parts, parts]), g.ints(BINS, BINS)], { axis: 1, outputs: 2 }) as [Value, Value];
  return g.op('Sqrt', [g.op('Add', [real, imaginary])]);
}

/** PyTorch has the gates input, forget, cell, output; ONNX input, output, forget, cell. */
function inGateOrder(values: Float32Array): Float32Array {
  const length = values.length / 4;
  const gate = (index: number) => values.subarray(index * length, (index + 1) * length);
  return joined([gate(0), gate(3), gate(1), gate(2)]);
}

const joined = (parts: readonly Float32Array[]): Float32Array => Float32Array.from(parts.flatMap((part) => [...part]));
