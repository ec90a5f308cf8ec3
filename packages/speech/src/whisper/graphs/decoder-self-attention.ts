import type { Value } from '../../onnx/graph-builder.ts';
import { type Block, shapeOf, sizes } from './block.ts';
import { linear, single } from './linear.ts';
import { queryKeyValue } from './query-key-value.ts';

export interface SelfCache {
  /** [B, H, P, D / H], both: the pool of a window's tokens. */
  readonly keys: Value;
  readonly values: Value;
}

export interface SelfAttentionInput {
  readonly name: string;
  /** Of the P tokens before, of all texts of a window: the earlier ones … */
  readonly held: SelfCache;
  /** … and the latest. */
  readonly past: SelfCache;
  /** [B, 1, Q, P + Q]: which of them a query sees. */
  readonly mask: Value;
  /** [B, Q] as a shape, Q = R / B T: the rows of a window and their tokens are queries of one multiplication. */
  readonly bounds: Value;
}

/** x [R T, D] + attention over the tokens so far, and the latest ones with the new. */
export function decoderSelfAttention(block: Block, x: Value, { name, held, past, mask, bounds }: SelfAttentionInput): { x: Value; cache: SelfCache } {
  const { g, dimensions, formats } = block;
  const { heads } = dimensions.decoder;
  const fused = queryKeyValue(block, x, { name: `${name}.self_attn`, heads, format: formats.decoder }); // [R T, 3 D]
  const byHead = g.op('Reshape', [fused, shapeOf(g, bounds, 3 * heads, dimensions.width / heads)]); // [B, Q, 3 H, D / H]
  const transposed = g.op('Transpose', [byHead], { perm: [0, 2, 1, 3] });
  const [query, key, value] = g.ops('Split', [transposed, g.ints(heads, heads, heads)], { axis: 1, outputs: 3 }) as [Value, Value, Value];
  const keys = g.op('Concat', [past.keys, key], { axis: 2 });
  const values = g.op('Concat', [past.values, value], { axis: 2 });
  // Apart: to put them together would copy all of them.
  const all = [held, { keys, values }];
  const parts = all.map((cache) => g.op('FusedMatMul', [query, cache.keys], { transB: 1 }));
  const scores = g.op('Add', [g.op('Concat', parts, { axis: 3 }), mask]); // [B, H, Q, P + Q]
  const lengths = g.op(
    'Concat',
    all.map((cache) => sizes(g, cache.keys, [2, 3])),
    { axis: 0 },
  );
  const weights = g.ops('Split', [g.op('Softmax', [scores], { axis: -1 }), lengths], { axis: 3, outputs: 2 });
  const [earlier, later] = all.map((cache, at) => g.op('MatMul', [weights[at] as Value, cache.values])) as [Value, Value];
  const attended = g.op('Add', [earlier, later]); // [B, H, Q, D / H]
  const rows = mergeHeads(block, attended);
  return { x: g.op('Add', [x, linear(block, rows, single(`${name}.self_attn.out_proj`, formats.decoder))]), cache: { keys, values } };
}

/** [n, H, T, D / H] → [n T, D] */
export const mergeHeads = ({ g, dimensions }: Block, x: Value): Value =>
  g.op('Reshape', [g.op('Transpose', [x], { perm: [0, 2, 1, 3] }), g.ints(-1, dimensions.width)]);
