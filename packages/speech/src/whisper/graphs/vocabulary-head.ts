import type { Value } from '../../onnx/graph-builder.ts';
import { type Block, shapeOf, sizes, toFloat32 } from './block.ts';
import { normedLinear } from './normed-linear.ts';

/** The rows `picked` (int64 [R n]) of x [R T, D] → logits [R, n, V] float32. `rows`: any value whose first axis is R. Tied to the token table. */
export function vocabularyHead(block: Block, x: Value, { picked, rows }: { picked: Value; rows: Value }): Value {
  const { g, dimensions, formats } = block;
  const last = g.op('Gather', [x, picked], { axis: 0 });
  const name = 'decoder.embed_tokens';
  const logits = toFloat32(block, normedLinear(block, last, 'decoder.layer_norm', { name, parts: [{ name }], format: formats.decoder, bias: false })); // [R n, V]
  return g.op('Reshape', [logits, shapeOf(g, sizes(g, rows, [0, 1]), -1, dimensions.vocabulary)]);
}
