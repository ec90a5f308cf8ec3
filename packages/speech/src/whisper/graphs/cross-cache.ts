/** Keys and values of the cross attention: once per batch, then every step reads them. */
import type { Value } from '../../onnx/graph-builder.ts';
import { type Block, shapeOf, sizes, toFloat } from './block.ts';
import { linear } from './linear.ts';

export interface CrossCache {
  /** [B, H, D / H, s]: transposed already. */
  readonly keys: Value;
  /** [B, H, s, D / H] */
  readonly values: Value;
}

/** hidden [B, s, D] float32 → one cache per decoder layer. */
export function crossCaches(block: Block, hidden: Value): CrossCache[] {
  const { g, dimensions, formats } = block;
  const { width, decoder } = dimensions;
  const bounds = sizes(g, hidden, [0, 2]);
  const rows = g.op('Reshape', [toFloat(block, hidden), g.ints(-1, width)]); // [B s, D]
  const heads = (x: Value, perm: number[]) =>
    g.op('Transpose', [g.op('Reshape', [x, shapeOf(g, bounds, decoder.heads, width / decoder.heads)])], { perm });
  return Array.from({ length: decoder.layers }, (_, layer) => {
    const name = `decoder.layers.${layer}.encoder_attn`;
    const project = (part: string, bias: boolean) =>
      linear(block, rows, { name: `${name}.${part}`, parts: [{ name: `${name}.${part}` }], format: formats.prelude, bias });
    return { keys: heads(project('k_proj', false), [0, 2, 3, 1]), values: heads(project('v_proj', true), [0, 2, 1, 3]) };
  });
}
