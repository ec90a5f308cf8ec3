/** Where a token stands, as a turn of its queries and keys. */
import type { Value } from '../../onnx/graph-builder.ts';
import { HEADS, MOST_TOKENS, ROTARY_SIZE } from '../constants.ts';
import type { Block } from './block.ts';

/** Queries and keys [B, 2 H, 1, D / H] of the token at `position` (int64 [1]): pairs of neighbours turn together. */
export function turned({ g, weights }: Block, x: Value, position: Value): Value {
  const table = (name: string, of: (angle: number) => number) =>
    g.weight(`rotary.${name}`, { type: 'float32', dims: [MOST_TOKENS, ROTARY_SIZE / 2] }, () => tableOf(weights.turns, of));
  return g.op('RotaryEmbedding', [x, position, table('cos', Math.cos), table('sin', Math.sin)], {
    interleaved: 1,
    num_heads: 2 * HEADS,
    rotary_embedding_dim: ROTARY_SIZE,
  });
}

/** [positions, rotary / 2] */
const tableOf = (turns: Float32Array, of: (angle: number) => number): Float32Array =>
  Float32Array.from({ length: MOST_TOKENS * turns.length }, (_, at) => of(Math.floor(at / turns.length) * (turns[at % turns.length] ?? 0)));
