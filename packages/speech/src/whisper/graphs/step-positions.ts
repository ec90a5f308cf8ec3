/** Where the tokens of a step stand, and which earlier ones they may see. P = tokens that went before. */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { type Block, column, size, toFloat } from './block.ts';

/** Added to scores that must not count: fits float16. */
const HIDDEN_SCORE = -3e4;

export interface StepPositions {
  /** Position of each token in its own text, [R, T]. */
  readonly positions: Value;
  /** 0 or a large negative number, [R, 1, T, P + T]. */
  readonly mask: Value;
}

/** tokens [R, T] after P cached ones; the first `padding` [R] columns of a row are not there. */
export function stepPositions(block: Block, tokens: Value, { padding, cached }: { padding: Value; cached: Value }): StepPositions {
  const { g, dimensions } = block;
  const end = g.op('Add', [cached, size(g, tokens, 1)]);
  const queries = g.op('Range', [cached, end, g.int(1)]); // [T]
  const keys = g.op('Range', [g.int(0), end, g.int(1)]); // [P + T]
  const own = g.op('Sub', [g.op('Unsqueeze', [queries, g.ints(0)]), column(g, padding)]);
  // Padding stands before the text. A row at its limit goes on while others in the batch may: what it says then is dropped.
  const positions = g.op('Min', [g.op('Max', [own, g.int(0)]), g.int(dimensions.contextTokens - 1)]);
  const seen = g.op('And', [isReal(g, keys, padding), isEarlier(g, keys, queries)]);
  return { positions, mask: toFloat(block, g.op('Where', [seen, g.float(0), g.float(HIDDEN_SCORE)])) };
}

/** [R, 1, 1, P + T] */
const isReal = (g: GraphBuilder, keys: Value, padding: Value): Value =>
  g.op('GreaterOrEqual', [g.op('Unsqueeze', [keys, g.ints(0, 1, 2)]), g.op('Unsqueeze', [padding, g.ints(1, 2, 3)])]);

/** [T, P + T] */
const isEarlier = (g: GraphBuilder, keys: Value, queries: Value): Value =>
  g.op('LessOrEqual', [g.op('Unsqueeze', [keys, g.ints(0)]), column(g, queries)]);
