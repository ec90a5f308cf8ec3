/** What the blocks of the decoder's graph share. B = windows, S = encoder positions, P = tokens so far, D = width, H = heads, V = vocabulary. */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import type { DecoderWeights } from '../decoder-weights.ts';

export interface Block {
  /** Where the nodes go. Weights go to its root. */
  readonly g: GraphBuilder;
  readonly weights: DecoderWeights;
}

/** PyTorch's default, which Moonshine was trained with. */
const EPSILON = 1e-5;

/** A parameter as it stands: [n]. */
export function vector({ g, weights }: Block, name: string): Value {
  const values = weights.vector(name);
  return g.weight(name, { type: 'float32', dims: [values.length] }, () => values);
}

/** x [B, D] → [B, D]. Moonshine's has no bias. */
export const layerNorm = (block: Block, x: Value, name: string): Value =>
  block.g.op('LayerNormalization', [x, vector(block, `${name}.weight`)], { axis: -1, epsilon: { float: EPSILON } });
