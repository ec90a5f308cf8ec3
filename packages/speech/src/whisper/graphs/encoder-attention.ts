import type { Value } from '../../onnx/graph-builder.ts';
import { attention8 } from './attention-8bit.ts';
import { type Block, shapeOf } from './block.ts';
import { linear, single } from './linear.ts';
import { queryKeyValue } from './query-key-value.ts';

/** x [B s, D] + self attention over all s positions of a window, [B s, D]. `bounds` = [B, s]. */
export function encoderAttention(block: Block, x: Value, { name, bounds }: { name: string; bounds: Value }): Value {
  const { g, dimensions, formats } = block;
  const { width, encoder } = dimensions;
  const fused = queryKeyValue(block, x, { name: `${name}.self_attn`, heads: encoder.heads, format: formats.encoder });
  const threefold = g.op('Reshape', [fused, shapeOf(g, bounds, 3 * width)]); // [B, s, 3 D]
  const parts = g.ops('Split', [threefold, g.ints(width, width, width)], { axis: 2, outputs: 3 });
  const attended = formats.attention === 'float' ? attention(block, parts) : attention8(block, parts, bounds); // [B, s, D]
  const rows = g.op('Reshape', [attended, g.ints(-1, width)]);
  return g.op('Add', [x, linear(block, rows, single(`${name}.self_attn.out_proj`, formats.encoder))]);
}

/** The runtime's own operator: flash attention on CUDA. The query is scaled already. */
const attention = ({ g, dimensions }: Block, parts: readonly Value[]): Value =>
  g.op('MultiHeadAttention', parts, { num_heads: dimensions.encoder.heads, scale: { float: 1 } });
