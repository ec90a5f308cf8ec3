import { elementTypes } from '../../onnx/element-types.ts';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { TO_END } from './block.ts';
import { choose } from './choose.ts';

export interface Sampling {
  /** Bool []; false = the most probable token. */
  readonly sampled: Value;
  /** float32 [], above 0 where tokens are sampled. */
  readonly temperature: Value;
  /** A number 0 ≤ u < 1 for each row, [R]. Not drawn in the graph, so that a request can be repeated. */
  readonly draw: Value;
}

/** Filtered logits [R, V] → token [R] int64. */
export const nextToken = (g: GraphBuilder, logits: Value, { sampled, ...sampling }: Sampling): Value =>
  choose(g, sampled, {
    yes: (inner) => sample(inner, logits, sampling),
    no: (inner) => inner.op('ArgMax', [logits], { axis: 1, keepdims: 0 }),
    type: 'int64',
  });

/** The first token at which the sum of probabilities passes u: never one that may not come, as the sum stands still there. */
function sample(g: GraphBuilder, logits: Value, { temperature, draw }: Omit<Sampling, 'sampled'>): Value {
  const largest = g.op('ReduceMax', [logits, g.ints(-1)], { keepdims: 1 });
  const weights = g.op('Exp', [g.op('Div', [g.op('Sub', [logits, largest]), temperature])]); // [R, V]
  const sums = g.op('CumSum', [weights, g.int(1)]);
  const total = g.op('Slice', [sums, g.ints(-1), g.ints(TO_END), g.ints(1)]); // [R, 1]
  const threshold = g.op('Mul', [total, g.op('Unsqueeze', [draw, g.ints(1)])]);
  const passed = g.op('Cast', [g.op('LessOrEqual', [sums, threshold])], { to: elementTypes.int64 });
  return g.op('ReduceSum', [passed, g.ints(1)], { keepdims: 0 });
}
