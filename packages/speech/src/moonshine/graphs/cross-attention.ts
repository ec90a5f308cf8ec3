import type { Value } from '../../onnx/graph-builder.ts';
import { ALIGNMENT_HEADS, HEAD_SIZE, HEADS, LAYERS, WIDTH } from '../constants.ts';
import type { LinearMatrix } from '../decoder-weights.ts';
import { type Block, layerNorm } from './block.ts';
import { linear } from './linear.ts';

export interface CrossCache {
  /** [B, H, D / H, S]: transposed and scaled already. */
  readonly keys: Value;
  /** [B, H, S, D / H] */
  readonly values: Value;
}

/** hidden [B, S, D] → keys and values of each layer, once per batch. In float32: in 8 bit the windows of a batch would hear each other. */
export function crossCaches(block: Block, hidden: Value): CrossCache[] {
  const { g } = block;
  const bounds = g.op('Shape', [hidden], { start: 0, end: 2 });
  const shape = g.op('Concat', [bounds, g.ints(HEADS, HEAD_SIZE)], { axis: 0 });
  const rows = g.op('Reshape', [hidden, g.ints(-1, WIDTH)]); // [B S, D]
  const project = (name: string, { factor, perm }: { factor: number; perm: number[] }) => {
    const matrix = block.weights.matrix(name);
    const weight = g.weight(name, { type: 'float32', dims: [WIDTH, WIDTH] }, () => floats(matrix, factor));
    return g.op('Transpose', [g.op('Reshape', [g.op('MatMul', [rows, weight]), shape])], { perm });
  };
  return Array.from({ length: LAYERS }, (_, layer) => ({
    keys: project(`layers.${layer}/encoder_attn/k_proj`, { factor: HEAD_SIZE ** -0.5, perm: [0, 2, 3, 1] }),
    values: project(`layers.${layer}/encoder_attn/v_proj`, { factor: 1, perm: [0, 2, 1, 3] }),
  }));
}

const floats = ({ codes, scale, zero }: LinearMatrix, factor: number): Float32Array =>
  Float32Array.from(codes, (code) => (code - zero) * scale * factor);

interface CrossAttentionInput {
  readonly layer: number;
  readonly cache: CrossCache;
  /** 0, or a large negative number behind the end of a window: [B, 1, 1, S]. */
  readonly mask: Value;
}

/** x [B, D] + attention over the encoder's positions. `scores`: masked q·K of the layer's alignment heads, [B, heads, S]; null where it has none. */
export function crossAttention(block: Block, x: Value, { layer, cache, mask }: CrossAttentionInput): { x: Value; scores: Value | null } {
  const { g } = block;
  const path = `layers.${layer}/encoder_attn`;
  const project = (part: string, input: Value) => linear(block, input, { name: `${path}/${part}`, parts: [`${path}/${part}`] });
  const query = project('q_proj', layerNorm(block, x, `layers.${layer}.post_attention_layernorm`));
  const byHead = g.op('Reshape', [query, g.ints(-1, HEADS, 1, HEAD_SIZE)]);
  const scores = g.op('Add', [g.op('MatMul', [byHead, cache.keys]), mask]); // [B, H, 1, S]
  const attended = g.op('MatMul', [g.op('Softmax', [scores], { axis: -1 }), cache.values]); // [B, H, 1, D / H]
  const rows = g.op('Reshape', [attended, g.ints(-1, WIDTH)]);
  return { x: g.op('Add', [x, project('dense', rows)]), scores: kept(block, scores, layer) };
}

function kept({ g }: Block, scores: Value, layer: number): Value | null {
  const heads = ALIGNMENT_HEADS.filter(([of]) => of === layer).map(([, head]) => head);
  if (heads.length === 0) return null;
  return g.op('Squeeze', [g.op('Gather', [scores, g.ints(...heads)], { axis: 1 }), g.ints(2)]);
}
