import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { TO_END } from './block.ts';
import { choose } from './choose.ts';

export interface NoSpeechInput {
  readonly first: Value;
  /** R: int64 [1] */
  readonly rows: Value;
  /** What the steps before found, [R]. */
  readonly known: Value;
  /** The token that stands for it; null: the model has none. */
  readonly token: number | null;
}

/** Probability of the no-speech token where the text starts: in the first step from logits [2 R, V], of which the second half is at sot; then as known. */
export function noSpeechProbability(g: GraphBuilder, logits: Value, { first, rows, known, token }: NoSpeechInput): Value {
  if (token === null) return g.op('Identity', [known]);
  const atStart = (inner: GraphBuilder) => {
    const start = inner.op('Slice', [logits, rows, inner.ints(TO_END), inner.ints(0)]); // [R, V]
    return [inner.op('Gather', [inner.op('Softmax', [start], { axis: -1 }), inner.int(token)], { axis: 1 })];
  };
  const [probability] = choose(g, first, { yes: atStart, no: (inner) => [inner.op('Identity', [known])], types: ['float32'] });
  return probability as Value;
}
