/** The encoder: sound in, hidden states out. */
import { GraphBuilder, type Value } from '../../onnx/graph-builder.ts';
import type { WeightFile } from '../../onnx/weight-file.ts';
import { type Block, type GraphSource, shapeOf, sizes, toFloat, toFloat32 } from './block.ts';
import { convolutionStem } from './convolution-stem.ts';
import { encoderAttention } from './encoder-attention.ts';
import { feedForward } from './feed-forward.ts';
import { layerNorm } from './layer-norm.ts';
import { logMel } from './log-mel.ts';

/**
 * Input `audio` [B, samples] float32, padded with zeros by the caller (480 000 samples = 30 s).
 * Outputs `hidden` [B, s, D] float32 and `mel` [B, mels, 2 s] float32; the second costs nothing unless it is fetched.
 */
export function encoderGraph(source: GraphSource, file: WeightFile): Uint8Array {
  const g = new GraphBuilder('encoder', file);
  const block: Block = { ...source, g };
  const { width, mels } = source.dimensions;
  const mel = logMel(g, g.input('audio', 'float32', ['B', 'samples']), mels);
  g.output('hidden', encodeMel(block, mel), { type: 'float32', dims: ['B', 's', width] });
  g.output('mel', mel, { type: 'float32', dims: ['B', mels, 'frames'] });
  return g.model();
}

/** mel [B, mels, 2 s] float32 → hidden [B, s, D] float32. */
export function encodeMel(block: Block, mel: Value): Value {
  const { g, dimensions, formats } = block;
  const { width, encoder } = dimensions;
  const stem = convolutionStem(block, toFloat(block, mel));
  const bounds = sizes(g, stem, [0, 2]);
  let x = g.op('Reshape', [stem, g.ints(-1, width)]); // [B s, D]
  for (let layer = 0; layer < encoder.layers; layer += 1) {
    const name = `encoder.layers.${layer}`;
    x = encoderAttention(block, x, { name, bounds });
    x = feedForward(block, x, { name, format: formats.encoder });
  }
  return toFloat32(block, g.op('Reshape', [layerNorm(block, x, 'encoder.layer_norm'), shapeOf(g, bounds, width)]));
}
