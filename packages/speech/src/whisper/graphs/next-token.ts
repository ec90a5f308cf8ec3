import { elementTypes } from '../../onnx/element-types.ts';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { type AllowedTokens, bestTokens, filteredLogits } from './allowed-tokens.ts';
import { column, TO_END } from './block.ts';
import { choose } from './choose.ts';

export interface Sampling {
  /** Bool []; false = the most probable token. */
  readonly sampled: Value;
  /** float32 [], above 0 where tokens are sampled. */
  readonly temperature: Value;
  /** A number 0 ≤ u < 1 for each row, [R]. Not drawn in the graph, so that a request can be repeated. */
  readonly draw: Value;
}

export interface NextToken {
  /** [R, 1] int64 */
  readonly token: Value;
  /** [R, 1] */
  readonly logProb: Value;
}

/** The most probable token that may come, or a sampled one. */
export function nextToken(g: GraphBuilder, allowed: AllowedTokens, { sampled, eot, ...sampling }: Sampling & { readonly eot: number }): NextToken {
  const drawn = (inner: GraphBuilder) => {
    const logits = filteredLogits(inner, allowed, eot);
    const token = column(inner, sample(inner, logits, sampling));
    return [token, inner.op('Sub', [inner.op('GatherElements', [logits, token], { axis: 1 }), allowed.total])];
  };
  const best = (inner: GraphBuilder) => {
    const { tokens, logProbs } = bestTokens(inner, allowed, { count: inner.ints(1), eot });
    return [tokens, logProbs];
  };
  const [token, logProb] = choose(g, sampled, { yes: drawn, no: best, types: ['int64', 'float32'] }) as [Value, Value];
  return { token, logProb };
}

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
