import type { Value } from '../../onnx/graph-builder.ts';
import { AUDIO_POSITIONS } from '../checkpoint/dimensions.ts';
import { type Block, floatWeight } from './block.ts';
import { rotationWeight } from './rotation.ts';

/** Log-mel [B, mels, 2 s] → [B, s, D]: two convolutions, the second halves the frames, then the positions. */
export function convolutionStem(block: Block, mel: Value): Value {
  const {
    g,
    formats,
    dimensions: { width },
  } = block;
  const channels = convolution(block, convolution(block, mel, { name: 'encoder.conv1', stride: 1 }), { name: 'encoder.conv2', stride: 2 });
  const x = formats.turned
    ? g.op('FusedMatMul', [channels, rotationWeight(block, width)], { transA: 1 })
    : g.op('Transpose', [channels], { perm: [0, 2, 1] });
  const positions = floatWeight(block, 'encoder.embed_positions.weight', { dims: [AUDIO_POSITIONS, width] });
  return g.op('Add', [x, positions]);
}

function convolution(block: Block, x: Value, { name, stride }: { name: string; stride: number }): Value {
  const inputs = [x, floatWeight(block, `${name}.weight`), floatWeight(block, `${name}.bias`)];
  return block.g.op('Gelu', [block.g.op('Conv', inputs, { kernel_shape: [3], pads: [1, 1], strides: [stride] })]);
}
