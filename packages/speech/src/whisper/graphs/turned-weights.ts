/**
 * The weights of a checkpoint in another basis. In float32 the model says the same, but no channel of what goes from layer to layer is
 * louder than the others, so that 8 bits lose less (QuaRot: Ashkboos et al., 2024, arXiv 2404.00456). What writes into the residual stream
 * turns it, what reads from it has it turned; gain and shift of a norm, which lie between, go into weights and bias of the layers that read
 * it, so that a norm's results are about equally loud in all rows and channels. Queries, keys and values of an attention are turned head by head.
 */
import type { Dimensions } from '../checkpoint/dimensions.ts';
import type { Weights } from '../checkpoint/weights.ts';
import { rotate } from './rotation.ts';

const TABLE = 'decoder.embed_tokens';
/** The token table as the layer that makes logits of the last norm's result. */
export const TURNED_HEAD = `${TABLE}.turned`;

interface Turned {
  readonly weights: Weights;
  readonly dimensions: Dimensions;
}

export function turnedWeights(weights: Weights, dimensions: Dimensions): Weights {
  const turned = { weights, dimensions };
  return {
    read: (name) => read(turned, name),
    // Layers that have no bias of their own may get one.
    has: (name) => weights.has(storedName(name)) || (name.endsWith('.bias') && normBefore(layerOf(name)) !== null),
    shape: (name) => weights.shape(storedName(name)),
    [Symbol.dispose]: () => weights[Symbol.dispose](),
  };
}

const layerOf = (name: string): string => name.slice(0, name.lastIndexOf('.'));
const storedName = (name: string): string => (name === `${TURNED_HEAD}.weight` ? `${TABLE}.weight` : name);

function read(turned: Turned, name: string): Float32Array {
  const { weights, dimensions } = turned;
  const layer = layerOf(name);
  if (/^encoder\.conv\d$/.test(layer)) return weights.read(name);
  if (layer.endsWith('layer_norm')) return new Float32Array(dimensions.width).fill(name.endsWith('.weight') ? 1 : 0);
  if (name.endsWith('.bias')) return turnOutput(turned, layer, biasOf(weights, layer));
  return turnOutput(turned, layer, turnInput(turned, layer, weights.read(storedName(name)).slice()));
}

/** The norm whose result a layer reads; null: another layer's. */
function normBefore(layer: string): string | null {
  if (layer === TURNED_HEAD) return 'decoder.layer_norm';
  if (/encoder_attn\.[kv]_proj$/.test(layer)) return 'encoder.layer_norm';
  const before = layer.replace(/_attn\.[qkv]_proj$/, '_attn_layer_norm').replace(/\.fc1$/, '.final_layer_norm');
  return before === layer ? null : before;
}

const headSize = (layer: string, { width, encoder, decoder }: Dimensions): number => width / (layer.startsWith('encoder.') ? encoder : decoder).heads;

/** values [rows, inputs] of a layer that reads a norm or heads, or of a table of positions or tokens. */
function turnInput({ weights, dimensions }: Turned, layer: string, values: Float32Array): Float32Array {
  const { width } = dimensions;
  const norm = normBefore(layer);
  if (norm) {
    const gain = weights.read(`${norm}.weight`);
    for (let at = 0; at < values.length; at += 1) values[at] = (values[at] ?? 0) * (gain[at % width] ?? 0);
  }
  if (norm || /\.embed_(tokens|positions)$/.test(layer)) return rotate(values, { size: width });
  return layer.endsWith('.out_proj') ? rotate(values, { size: headSize(layer, dimensions) }) : values;
}

/** values [outputs, inputs], or [outputs] of a bias, of a layer that writes into the residual stream, or queries, keys and values. */
function turnOutput({ weights, dimensions }: Turned, layer: string, values: Float32Array): Float32Array {
  const stride = values.length / (weights.shape(storedName(`${layer}.weight`))[0] ?? 1);
  if (/\.(out_proj|fc2)$/.test(layer)) return rotate(values, { size: dimensions.width, stride });
  return /_attn\.[qkv]_proj$/.test(layer) ? rotate(values, { size: headSize(layer, dimensions), stride }) : values;
}

/** The layer's own, and what it makes of the shift that its norm has no longer: [outputs]. */
function biasOf(weights: Weights, layer: string): Float32Array {
  const matrix = storedName(`${layer}.weight`);
  const [outputs = 0, inputs = 0] = weights.shape(matrix);
  const own = weights.has(`${layer}.bias`) ? weights.read(`${layer}.bias`).slice() : new Float32Array(outputs);
  const norm = normBefore(layer);
  if (norm === null) return own;
  const [shift, values] = [weights.read(`${norm}.bias`), weights.read(matrix)];
  return own.map((value, output) => shift.reduce((sum, each, channel) => sum + each * (values[output * inputs + channel] ?? 0), value));
}
