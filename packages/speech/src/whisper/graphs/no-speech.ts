import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { TO_END } from './block.ts';
import { choose } from './choose.ts';

export interface NoSpeechInput {
  readonly first: Value;
  /** B: int64 [1] */
  readonly windows: Value;
  /** The token that stands for it; null: the model has none. */
  readonly token: number | null;
}

/** Probability of the no-speech token where the text starts, [B]: in the first step from logits [2 B, V], of which the second half is at sot; later 0. */
export function noSpeechProbability(g: GraphBuilder, logits: Value, { first, windows, token }: NoSpeechInput): Value {
  const zeros = (inner: GraphBuilder) => inner.op('Expand', [inner.float(0), windows]);
  if (token === null) return zeros(g);
  const atStart = (inner: GraphBuilder) => {
    const start = inner.op('Slice', [logits, windows, inner.ints(TO_END), inner.ints(0)]); // [B, V]
    return [inner.op('Gather', [inner.op('Softmax', [start], { axis: -1 }), inner.int(token)], { axis: 1 })];
  };
  const [probability] = choose(g, first, { yes: atStart, no: (inner) => [zeros(inner)], types: ['float32'] });
  return probability as Value;
}
