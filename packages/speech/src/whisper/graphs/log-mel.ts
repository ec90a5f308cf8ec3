/**
 * Log-mel spectrogram, as a part of the encoder.
 *
 * The window is *audio-padded*, here and everywhere else: zeros follow the samples up to 30 s, then the spectrogram is taken,
 * and its floor lies 8 below the largest value of this one window.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { BINS, FFT, melFilters } from './mel-filters.ts';

/** Samples between two frames: 10 ms. */
const HOP = 160;

/** audio [B, samples] → [B, mels, samples / 160], float32. */
export function logMel(g: GraphBuilder, audio: Value, mels: number): Value {
  const half = FFT / 2;
  const padded = g.op('Pad', [audio, g.ints(0, half, 0, half)], { mode: 'reflect' });
  const basis = g.weight('log_mel.basis', { type: 'float32', dims: [2 * BINS, 1, FFT] }, fourierBasis);
  const spectrum = g.op('Conv', [g.op('Unsqueeze', [padded, g.ints(1)]), basis], { kernel_shape: [FFT], strides: [HOP] }); // [B, 402, frames + 1]
  const [real, imaginary] = g.ops('Split', [g.op('Mul', [spectrum, spectrum]), g.ints(BINS, BINS)], { axis: 1, outputs: 2 }) as [Value, Value];
  const filters = g.weight(`log_mel.filters.${mels}`, { type: 'float32', dims: [mels, BINS] }, () => melFilters(mels));
  const all = g.op('MatMul', [filters, g.op('Add', [real, imaginary])]); // [B, mels, frames + 1]
  // OpenAI leaves the last frame out: it stands beyond the end.
  const energies = g.op('Slice', [all, g.ints(0), g.ints(-1), g.ints(2)]);
  const log10 = g.op('Mul', [g.op('Log', [g.op('Max', [energies, g.float(1e-10)])]), g.float(1 / Math.LN10)]);
  const floor = g.op('Sub', [g.op('ReduceMax', [log10, g.ints(1, 2)], { keepdims: 1 }), g.float(8)]);
  return g.op('Mul', [g.op('Add', [g.op('Max', [log10, floor]), g.float(4)]), g.float(0.25)]);
}

/** Cosines, then sines, each under a periodic Hann window: [402, 400]. A convolution with them is a short-time Fourier transform. */
function fourierBasis(): Float32Array {
  const basis = new Float32Array(2 * BINS * FFT);
  for (let bin = 0; bin < BINS; bin += 1) {
    for (let sample = 0; sample < FFT; sample += 1) {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * sample) / FFT);
      const angle = (2 * Math.PI * ((bin * sample) % FFT)) / FFT;
      basis[bin * FFT + sample] = hann * Math.cos(angle);
      basis[(BINS + bin) * FFT + sample] = hann * Math.sin(angle);
    }
  }
  return basis;
}
