import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { choose } from './choose.ts';

export interface NoSpeechInput {
  readonly first: Value;
  /** What the steps before found, [R]. */
  readonly known: Value;
  /** The token that stands for it; null: the model has none. */
  readonly token: number | null;
}

/** Probability of the no-speech token where the text starts: in the first step from logits [R, n, V], whose row 0 is that of sot; then as known. */
export function noSpeechProbability(g: GraphBuilder, logits: Value, { first, known, token }: NoSpeechInput): Value {
  if (token === null) return g.op('Identity', [known]);
  const atStart = (inner: GraphBuilder) => {
    const start = inner.op('Gather', [logits, inner.int(0)], { axis: 1 }); // [R, V]
    return inner.op('Gather', [inner.op('Softmax', [start], { axis: -1 }), inner.int(token)], { axis: 1 });
  };
  return choose(g, first, { yes: atStart, no: (inner) => inner.op('Identity', [known]), type: 'float32' });
}
