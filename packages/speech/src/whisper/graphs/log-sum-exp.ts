import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';

/** log Σ exp over the last axis: x [R, n] → [R, 1]. The largest is taken out first, so nothing overflows. */
export function logSumExp(g: GraphBuilder, x: Value): Value {
  const largest = g.op('ReduceMax', [x, g.ints(-1)], { keepdims: 1 });
  const sum = g.op('ReduceSum', [g.op('Exp', [g.op('Sub', [x, largest])]), g.ints(-1)], { keepdims: 1 });
  return g.op('Add', [largest, g.op('Log', [sum])]);
}
