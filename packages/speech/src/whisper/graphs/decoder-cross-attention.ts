import type { Value } from '../../onnx/graph-builder.ts';
import { type Block, shapeOf } from './block.ts';
import type { CrossCache } from './cross-cache.ts';
import { weighted8 } from './cross-cache-8bit.ts';
import { mergeHeads } from './decoder-self-attention.ts';
import { normedLinear } from './layer-norm.ts';
import { type LinearLayer, linear } from './linear.ts';
import { queryScale } from './query-key-value.ts';

/** How much of the alignment heads' scores leaves the graph. */
export interface AlignmentWindow {
  /** [-n, 0], int64 [2]: the last n queries of a step. */
  readonly start: Value;
  /** [any more, frames], int64 [2]: the first encoder positions; 0 = no scores. */
  readonly end: Value;
}

export interface CrossAttentionInput {
  readonly layer: number;
  readonly cache: CrossCache;
  /** B as a shape: int64 [1]. */
  readonly windows: Value;
  readonly alignment: AlignmentWindow | null;
}

/**
 * x [R T, D] + attention over the encoder's positions. The rows of a window (its beams) and their tokens are queries of one
 * multiplication, [B, H, R / B T, D / H], so that each window's keys and values are read once.
 * `scores`: raw q·K of this layer's alignment heads, [B, heads, rows, frames]; null where it has none.
 */
export function decoderCrossAttention(
  block: Block,
  x: Value,
  { layer, cache, windows, alignment }: CrossAttentionInput,
): { x: Value; scores: Value | null } {
  const { g, dimensions, formats } = block;
  const { heads } = dimensions.decoder;
  const name = `decoder.layers.${layer}.encoder_attn`;
  const scale = queryScale(dimensions.width, heads);
  const projection = (part: string, factor = 1): LinearLayer => ({
    name: `${name}.${part}`,
    parts: [{ name: `${name}.${part}`, scale: factor }],
    format: formats.decoder,
  });
  const projected = normedLinear(block, x, { norm: `${name}_layer_norm`, ...projection('q_proj', scale) });
  const byHead = g.op('Reshape', [projected, shapeOf(g, windows, -1, heads, dimensions.width / heads)]);
  const query = g.op('Transpose', [byHead], { perm: [0, 2, 1, 3] });
  const scores = cache.format === 'float' ? g.op('MatMul', [query, cache.keys]) : cache.form.scores(g, query, cache.keys); // [B, H, R / B T, s]
  const weights = g.op('Softmax', [scores], { axis: -1 });
  const attended = cache.format === 'float' ? g.op('MatMul', [weights, cache.values]) : weighted8(g, weights, cache.values);
  return {
    x: g.op('Add', [x, linear(block, mergeHeads(block, attended), projection('out_proj'))]),
    scores: alignment && kept(block, scores, { layer, alignment }),
  };
}

function kept({ g, alignmentHeads }: Block, scores: Value, { layer, alignment }: { layer: number; alignment: AlignmentWindow }): Value | null {
  const heads = alignmentHeads.filter(([of]) => of === layer).map(([, head]) => head);
  if (heads.length === 0) return null;
  return g.op('Gather', [g.op('Slice', [scores, alignment.start, alignment.end, g.ints(2, 3)]), g.ints(...heads)], { axis: 1 });
}
