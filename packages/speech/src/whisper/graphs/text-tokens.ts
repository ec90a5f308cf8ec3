import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { columns, topRows } from './block.ts';

/** The tokens below eot: nearly the whole vocabulary. What goes over all of them costs as much as half a layer, so that it is little, and here. */
export interface TextTokens {
  /** Filtered logits [R, V], NEVER for what is no text. */
  readonly logits: (g: GraphBuilder) => Value;
  /** The C largest logits, best first: [R, C]. */
  readonly best: Value;
  /** Their tokens, [R, C] int64. */
  readonly ids: Value;
  /** log Σ exp of all, [R, 1]. */
  readonly total: Value;
}

/** logits [n R, V], of which the first R rows count; `mask` [V], NEVER from eot on; `rows` = R and `count` = C, int64 [1]. */
export function textTokens(g: GraphBuilder, logits: Value, { mask, rows, count }: Record<'mask' | 'rows' | 'count', Value>): TextTokens {
  const text = g.op('Add', [logits, mask]);
  // The rows are picked afterwards: beyond the first step all of them count, and a copy of this size would cost more.
  const [best, ids] = g.ops('TopK', [text, count], { axis: 1, outputs: 2 }) as [Value, Value];
  // Softmax says the sum by what it makes of the largest one: one pass in place of four.
  const largest = columns(g, best, 0, 1);
  const share = g.op('GatherElements', [g.op('Softmax', [text], { axis: -1 }), columns(g, ids, 0, 1)], { axis: 1 });
  const total = g.op('Sub', [largest, g.op('Log', [share])]);
  return {
    logits: (inner) => topRows(inner, text, rows),
    best: topRows(g, best, rows),
    ids: topRows(g, ids, rows),
    total: topRows(g, total, rows),
  };
}
