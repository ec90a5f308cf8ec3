import type { Value } from '../../onnx/graph-builder.ts';
import { HEAD_SIZE, HEADS, WIDTH } from '../constants.ts';
import { type Block, layerNorm } from './block.ts';
import { linear } from './linear.ts';
import { turned } from './rotary.ts';

/** [B, H, P, D / H], both; keys are turned already. */
export interface SelfCache {
  readonly keys: Value;
  readonly values: Value;
}

interface SelfAttentionInput {
  readonly layer: number;
  readonly past: SelfCache;
  /** Of the token: int64 [1]. */
  readonly position: Value;
}

/** x [B, D] of one token each + attention over the tokens so far, and the cache with the new one. */
export function selfAttention(block: Block, x: Value, { layer, past, position }: SelfAttentionInput): { x: Value; cache: SelfCache } {
  const { g } = block;
  const path = `layers.${layer}/self_attn`;
  const normed = layerNorm(block, x, `layers.${layer}.input_layernorm`);
  const parts = ['q_proj', 'k_proj', 'v_proj'].map((part) => `${path}/${part}`);
  const fused = linear(block, normed, { name: `${path}/qkv`, parts }); // [B, 3 D]
  const byHead = g.op('Reshape', [fused, g.ints(-1, 3 * HEADS, 1, HEAD_SIZE)]); // [B, 3 H, 1, D / H]
  const [queryKey, value] = g.ops('Split', [byHead, g.ints(2 * HEADS, HEADS)], { axis: 1, outputs: 2 }) as [Value, Value];
  const [query, key] = g.ops('Split', [turned(block, queryKey, position), g.ints(HEADS, HEADS)], { axis: 1, outputs: 2 }) as [Value, Value];
  const keys = g.op('Concat', [past.keys, key], { axis: 2 });
  const values = g.op('Concat', [past.values, value], { axis: 2 });
  const scores = g.op('FusedMatMul', [query, keys], { transB: 1, alpha: { float: HEAD_SIZE ** -0.5 } }); // [B, H, 1, P + 1]
  const attended = g.op('MatMul', [g.op('Softmax', [scores], { axis: -1 }), values]); // [B, H, 1, D / H]
  const rows = g.op('Reshape', [attended, g.ints(-1, WIDTH)]);
  return { x: g.op('Add', [x, linear(block, rows, { name: `${path}/dense`, parts: [`${path}/dense`] })]), cache: { keys, values } };
}
