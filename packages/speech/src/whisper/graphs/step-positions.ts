/**
 * Where the tokens of a step stand, and which earlier ones they may see. All texts of a window (its beams) keep their tokens in one pool, P of
 * them by now, and each text knows which are its own: where a search goes on with other texts than before, nothing is copied but that knowledge.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { type Block, column, size, sizes, toFloat } from './block.ts';

/** Added to scores that must not count: fits float16. */
const HIDDEN_SCORE = -3e4;

/** What is known of the texts before a step. */
export interface TextState {
  /** Position of the next token in its own text, [R] int64; below 0 where padding stands. */
  readonly next: Value;
  /** 0 for the tokens of the window's pool that belong to a text, a large negative number for others: [R, P]. */
  readonly own: Value;
}

export interface StepPositions {
  /** Position of each token in its own text, [R, T]. */
  readonly positions: Value;
  /** Windows and the queries of each, [B, Q]: Q = R / B T. */
  readonly bounds: Value;
  /** 0 or a large negative number, [B, 1, Q, P + Q]. */
  readonly mask: Value;
  /** After the step, with P + Q tokens in the pool. */
  readonly text: TextState;
}

/** Before the first step: nothing is in the pool. `padding` [R]: columns at the left that are not there. */
export function emptyTexts(block: Block, padding: Value): TextState {
  const { g } = block;
  const none = g.op('Concat', [g.op('Shape', [padding]), g.ints(0)], { axis: 0 });
  return { next: g.op('Neg', [padding]), own: g.op('Expand', [toFloat(block, g.float(0)), none]) };
}

/** tokens [R, T]: all of a text's beginning in the first step, one for each text later. `windows`: B as a shape. */
export function stepPositions(block: Block, tokens: Value, { next, own, windows }: TextState & { readonly windows: Value }): StepPositions {
  const { g, dimensions } = block;
  const [count, known] = [size(g, tokens, 1), sizes(g, own, [1, 2])];
  const places = g.op('Add', [column(g, next), g.op('Range', [g.int(0), count, g.int(1)])]); // [R, T]
  // A row at its limit goes on while others in the batch may: what it says then is dropped.
  const positions = g.op('Min', [g.op('Max', [places, g.int(0)]), g.int(dimensions.contextTokens - 1)]);
  const rows = g.op('Shape', [tokens]); // R, T
  const queries = g.op('Div', [g.op('Mul', [sizes(g, tokens, [0, 1]), count]), windows]); // Q
  const bounds = g.op('Concat', [windows, queries], { axis: 0 });
  const before = g.op('Expand', [g.op('Unsqueeze', [own, g.ints(1)]), g.op('Concat', [rows, known], { axis: 0 })]); // [R, T, P]
  const mask = g.op('Concat', [spread(g, before, { bounds, last: known }), newMask(block, places, { bounds, queries, count })], { axis: 3 });
  const all = g.op('Reshape', [mask, g.op('Concat', [rows, g.op('Add', [known, queries])], { axis: 0 })]); // [R, T, P + Q]
  return { positions, bounds, mask, text: { next: g.op('Add', [next, count]), own: g.op('Gather', [all, g.int(-1)], { axis: 1 }) } };
}

/** → [B, 1, Q, last] */
const spread = (g: GraphBuilder, x: Value, { bounds, last }: { bounds: Value; last: Value }): Value =>
  g.op('Unsqueeze', [g.op('Reshape', [x, g.op('Concat', [bounds, last], { axis: 0 })]), g.ints(1)]);

/** What the tokens of a step see of each other, [B, 1, Q, Q]: those of the same text up to themselves that are not padding. `places` [R, T]. */
function newMask(block: Block, places: Value, { bounds, queries, count }: { bounds: Value; queries: Value; count: Value }): Value {
  const { g } = block;
  const index = g.op('Range', [g.int(0), g.op('Squeeze', [queries]), g.int(1)]); // [Q]
  const text = g.op('Div', [index, count]);
  const earlier = g.op('LessOrEqual', [index, column(g, index)]); // [Q, Q]
  const same = g.op('Equal', [text, column(g, text)]);
  const real = g.op('Reshape', [g.op('GreaterOrEqual', [places, g.int(0)]), bounds]); // [B, Q]
  const seen = g.op('And', [g.op('And', [earlier, same]), g.op('Unsqueeze', [real, g.ints(1, 2)])]);
  return toFloat(block, g.op('Where', [seen, g.float(0), g.float(HIDDEN_SCORE)]));
}
