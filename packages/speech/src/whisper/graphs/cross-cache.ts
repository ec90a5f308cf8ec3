/** Keys and values of the cross attention: once per batch, then every step reads them. */
import type { Value } from '../../onnx/graph-builder.ts';
import { type Block, shapeOf, sizes, toFloat } from './block.ts';
import { type CrossCache8, quantizeKeys, quantizeValues } from './cross-cache-8bit.ts';
import { linear } from './linear.ts';

interface FloatCrossCache {
  readonly format: 'float';
  /** [B, H, D / H, s]: transposed already. */
  readonly keys: Value;
  /** [B, H, s, D / H] */
  readonly values: Value;
}

export type CrossCache = FloatCrossCache | CrossCache8;

/** hidden [B, s, D] float32 → one cache per decoder layer. */
export function crossCaches(block: Block, hidden: Value): CrossCache[] {
  const { g, dimensions, formats } = block;
  const { width, decoder } = dimensions;
  const bounds = sizes(g, hidden, [0, 2]);
  const rows = g.op('Reshape', [toFloat(block, hidden), g.ints(-1, width)]); // [B s, D]
  return Array.from({ length: decoder.layers }, (_, layer): CrossCache => {
    const name = `decoder.layers.${layer}.encoder_attn`;
    const project = (part: string, bias: boolean) => {
      const projected = linear(block, rows, { name: `${name}.${part}`, parts: [{ name: `${name}.${part}` }], format: formats.prelude, bias });
      return g.op('Reshape', [projected, shapeOf(g, bounds, decoder.heads, width / decoder.heads)]); // [B, s, H, D / H]
    };
    const [keys, values] = [project('k_proj', false), project('v_proj', true)];
    if (formats.cross === 'channels8') return { format: 'channels8', keys: quantizeKeys(block, keys), values: quantizeValues(block, values) };
    return { format: 'float', keys: g.op('Transpose', [keys], { perm: [0, 2, 3, 1] }), values: g.op('Transpose', [values], { perm: [0, 2, 1, 3] }) };
  });
}
