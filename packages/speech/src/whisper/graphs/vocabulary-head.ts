import type { Value } from '../../onnx/graph-builder.ts';
import { type Block, toFloat32 } from './block.ts';
import { normedLinear } from './layer-norm.ts';
import { TURNED_HEAD } from './turned-weights.ts';

/** The rows `picked` (int64 [n R]) of x [R T, D] → logits [n R, V] float32. Tied to the token table. */
export function vocabularyHead(block: Block, x: Value, picked: Value): Value {
  const { g, formats, weights } = block;
  const rows = g.op('Gather', [x, picked], { axis: 0 });
  const name = formats.turned ? TURNED_HEAD : 'decoder.embed_tokens';
  const bias = weights.has(`${name}.bias`);
  return toFloat32(block, normedLinear(block, rows, { norm: 'decoder.layer_norm', name, parts: [{ name }], format: formats.decoder, bias }));
}
