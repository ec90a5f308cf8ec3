/** Every tensor that a Whisper of these sizes consists of, with its shape: linear layers are [out, in], convolutions [out, in, 3]. */
import { AUDIO_POSITIONS, type Dimensions } from './dimensions.ts';

type Shape = readonly number[];

export function expectedShapes({ width, mels, vocabulary, contextTokens, encoder, decoder }: Dimensions): Map<string, Shape> {
  const shapes = new Map<string, Shape>([
    ['encoder.conv1.weight', [width, mels, 3]],
    ['encoder.conv1.bias', [width]],
    ['encoder.conv2.weight', [width, width, 3]],
    ['encoder.conv2.bias', [width]],
    ['encoder.embed_positions.weight', [AUDIO_POSITIONS, width]],
    ['decoder.embed_tokens.weight', [vocabulary, width]],
    ['decoder.embed_positions.weight', [contextTokens, width]],
    ...norm('encoder.layer_norm', width),
    ...norm('decoder.layer_norm', width),
  ]);
  const add = (entries: [string, Shape][]) => {
    for (const [name, shape] of entries) shapes.set(name, shape);
  };
  for (let layer = 0; layer < encoder.layers; layer += 1) add(layerShapes(`encoder.layers.${layer}`, width, encoder.inner));
  for (let layer = 0; layer < decoder.layers; layer += 1) {
    add(layerShapes(`decoder.layers.${layer}`, width, decoder.inner));
    add(attention(`decoder.layers.${layer}.encoder_attn`, width));
  }
  return shapes;
}

const layerShapes = (name: string, width: number, inner: number): [string, Shape][] => [
  ...attention(`${name}.self_attn`, width),
  ...linear(`${name}.fc1`, inner, width),
  ...linear(`${name}.fc2`, width, inner),
  ...norm(`${name}.final_layer_norm`, width),
];

/** With the norm before it. The key projection has no bias. */
const attention = (name: string, width: number): [string, Shape][] => [
  ...linear(`${name}.q_proj`, width, width),
  [`${name}.k_proj.weight`, [width, width]],
  ...linear(`${name}.v_proj`, width, width),
  ...linear(`${name}.out_proj`, width, width),
  ...norm(`${name}_layer_norm`, width),
];

const linear = (name: string, out: number, into: number): [string, Shape][] => [
  [`${name}.weight`, [out, into]],
  [`${name}.bias`, [out]],
];

const norm = (name: string, width: number): [string, Shape][] => [
  [`${name}.weight`, [width]],
  [`${name}.bias`, [width]],
];
