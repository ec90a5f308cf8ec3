import type { Value } from '../../onnx/graph-builder.ts';
import { type Block, floatWeight } from './block.ts';
import { type LinearLayer, linear } from './linear.ts';

/** Over the last axis; any shape. */
export const layerNorm = (block: Block, x: Value, name: string): Value =>
  // PyTorch's default epsilon, which Whisper was trained with.
  block.g.op('LayerNormalization', [x, floatWeight(block, `${name}.weight`), floatWeight(block, `${name}.bias`)], {
    axis: -1,
    epsilon: { float: 1e-5 },
  });

/** x [rows, D] → a linear layer of its norm, [rows, N]. */
export const normedLinear = (block: Block, x: Value, { norm, ...layer }: LinearLayer & { readonly norm: string }): Value =>
  linear(block, layerNorm(block, x, norm), { ...layer, normed: true });
