/** Keys and values of the cross attention: once per batch, then every step reads them. */
import type { Value } from '../../onnx/graph-builder.ts';
import { type Scanned, scan } from '../../onnx/loop.ts';
import { AUDIO_POSITIONS } from '../checkpoint/dimensions.ts';
import { type Block, shapeOf, sizes, toFloat } from './block.ts';
import { type CrossCache8, quantizeValues } from './cross-cache-8bit.ts';
import { type KeyForm, keyForms } from './cross-keys-8bit.ts';
import { linear } from './linear.ts';

interface FloatCrossCache {
  readonly format: 'float';
  /** [B, H, D / H, s]: transposed already. */
  readonly keys: Value;
  /** [B, H, s, D / H] */
  readonly values: Value;
}

export type CrossCache = FloatCrossCache | CrossCache8;

/** Each tensor [B, …] of the caches made into another one. */
export const mapCaches = (caches: readonly CrossCache[], each: (value: Value) => Value): CrossCache[] =>
  caches.map((cache) =>
    cache.format === 'float'
      ? { ...cache, keys: each(cache.keys), values: each(cache.values) }
      : { ...cache, keys: cache.keys.map(each), values: { codes: each(cache.values.codes), scales: each(cache.values.scales) } },
  );

/** hidden [B, s, D] float32 → one cache per decoder layer. */
export const crossCaches = (block: Block, hidden: Value): CrossCache[] =>
  block.formats.cross === 'float' ? floatCaches(block, hidden) : caches8(block, hidden, keyForms[block.formats.cross]);

function floatCaches(block: Block, hidden: Value): CrossCache[] {
  const { g, dimensions } = block;
  const { width, decoder } = dimensions;
  const byHead = shapeOf(g, sizes(g, hidden, [0, 2]), decoder.heads, width / decoder.heads);
  const rows = g.op('Reshape', [toFloat(block, hidden), g.ints(-1, width)]); // [B s, D]
  return layersOf(block).map((layer) => {
    const [keys, values] = projected(block, rows, layer).map((x) => g.op('Reshape', [x, byHead])) as [Value, Value]; // [B, s, H, D / H]
    return { format: 'float', keys: g.op('Transpose', [keys], { perm: [0, 2, 3, 1] }), values: g.op('Transpose', [values], { perm: [0, 2, 1, 3] }) };
  });
}

/** Window by window, so that what is computed on the way stays in the processor's cache. */
function caches8(block: Block, hidden: Value, form: KeyForm): CrossCache8[] {
  const { width, decoder } = block.dimensions;
  const size = width / decoder.heads;
  const outputs = scan(block.g, { value: hidden, type: 'float32', dims: [AUDIO_POSITIONS, width] }, (g, window) => {
    const inner: Block = { ...block, g };
    return layersOf(block).flatMap((layer) => {
      const [keys, values] = projected(inner, window, layer);
      const { codes, scales } = quantizeValues(inner, values, form);
      return [
        { value: codes, type: 'int8', dims: [decoder.heads, AUDIO_POSITIONS, size] },
        { value: scales, type: 'float32', dims: [decoder.heads, 1, size] },
        ...form.keep(inner, keys),
      ] satisfies Scanned[];
    });
  });
  const perLayer = outputs.length / decoder.layers;
  return layersOf(block).map((layer) => {
    const [codes, scales, ...keys] = outputs.slice(perLayer * layer, perLayer * (layer + 1)) as [Value, Value, ...Value[]];
    return { format: 'channels8', form, keys, values: { codes, scales } };
  });
}

const layersOf = ({ dimensions }: Block): number[] => Array.from({ length: dimensions.decoder.layers }, (_, layer) => layer);

/** rows [n, D] → keys and values, [n, D] each. */
function projected(block: Block, rows: Value, layer: number): [keys: Value, values: Value] {
  const project = (part: string, bias: boolean) => {
    const name = `decoder.layers.${layer}.encoder_attn.${part}`;
    return linear(block, rows, { name, parts: [{ name }], format: block.formats.prelude, bias, normed: true });
  };
  // A bias of the keys would add the same to all scores of a query.
  return [project('k_proj', false), project('v_proj', true)];
}
