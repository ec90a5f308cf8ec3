import type { Value } from '../../onnx/graph-builder.ts';
import type { Block } from './block.ts';
import { normedLinear } from './layer-norm.ts';
import type { LinearFormat } from './weight-formats.ts';

/** 1 / √(size of a head). Whisper's heads have 64, so that folding it into the query's weights is exact. */
export const queryScale = (width: number, heads: number): number => (width / heads) ** -0.5;

/** Query, key and value of a self attention and its norm, side by side: x [rows, D] → [rows, 3 D]. The query is scaled already. */
export function queryKeyValue(block: Block, x: Value, { name, heads, format }: { name: string; heads: number; format: LinearFormat }): Value {
  const scale = queryScale(block.dimensions.width, heads);
  return normedLinear(block, x, {
    norm: `${name}_layer_norm`,
    name: `${name}.qkv`,
    format,
    parts: [{ name: `${name}.q_proj`, scale }, { name: `${name}.k_proj` }, { name: `${name}.v_proj` }],
  });
}
