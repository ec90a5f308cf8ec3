/**
 * A layer norm and the linear layer that alone reads it. In rows8 the channels of a row share a scale, so that a loud channel leaves little to
 * the others: loudness is moved into the weights, as in SmoothQuant (Xiao et al., 2023, arXiv 2211.10438), with what the norm itself
 * makes of a channel as the measure of it. In float nothing would change.
 */
import type { Value } from '../../onnx/graph-builder.ts';
import type { Block } from './block.ts';
import { layerNorm } from './layer-norm.ts';
import { type LinearLayer, linear, matrixOf } from './linear.ts';

/** How much of the loudness goes. Measured on the hidden states of Whisper base: 0.5, 0.9 and 1 leave a quarter more error. */
const ALPHA = 0.75;
/** A norm's channel goes about so many standard deviations far. */
const DEVIATIONS = 3;
/** Channels that are never heard, or never used. */
const LEAST = 1e-5;

/** x [rows, D] → [rows, N]. `norm`: name of the layer norm in the checkpoint. */
export function normedLinear(block: Block, x: Value, norm: string, layer: LinearLayer): Value {
  if (layer.format !== 'rows8') return linear(block, layerNorm(block, x, norm), layer);
  let known: Float32Array | undefined;
  const smoothing = () => {
    known ??= smoothingOf(block, norm, layer);
    return known;
  };
  return linear(block, layerNorm(block, x, norm, smoothing), { ...layer, multipliers: smoothing });
}

/** For each channel how loud it is over how large its weights are, with the exponents α and 1 - α: [D]. */
function smoothingOf({ weights }: Block, norm: string, layer: LinearLayer): Float32Array {
  const [gain, shift] = [weights.read(`${norm}.weight`), weights.read(`${norm}.bias`)];
  const { values, inputs } = matrixOf(weights, layer);
  const largest = new Float32Array(inputs);
  for (let index = 0; index < values.length; index += 1) {
    const channel = index % inputs;
    largest[channel] = Math.max(largest[channel] ?? 0, Math.abs(values[index] ?? 0));
  }
  return largest.map((weight, channel) => {
    const loudness = DEVIATIONS * Math.abs(gain[channel] ?? 0) + Math.abs(shift[channel] ?? 0);
    return Math.max(loudness, LEAST) ** ALPHA / Math.max(weight, LEAST) ** (1 - ALPHA);
  });
}
