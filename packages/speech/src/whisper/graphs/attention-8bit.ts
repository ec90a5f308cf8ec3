/**
 * Self attention with whole numbers of 8 bit, for processors that multiply such at once (VNNI). Each head of a window has its own scales, so
 * that a window never depends on its neighbours in the batch. Strip by strip of queries, for all heads: their scores stay in the cache.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { scan } from '../../onnx/loop.ts';
import { AUDIO_POSITIONS } from '../checkpoint/dimensions.ts';
import { type Block, shapeOf } from './block.ts';

/** Rows of scores at a time, over all heads of a window: [600, 1500] float32. */
const ROWS = 600;
/** Where all are 0 any scale will do. */
const LEAST = 1e-9;
/** The code of 0 in uint8. */
const ZERO = 128;

interface Whole {
  /** [B H, s, D / H] */
  readonly codes: Value;
  /** [B H, 1, 1] float32 */
  readonly scales: Value;
}

/** Query (scaled already), keys and values of the encoder, [B, s, D] each → [B, s, D]. `bounds` = [B, s]. */
export function attention8({ g, dimensions: { width, encoder } }: Block, parts: readonly Value[], bounds: Value): Value {
  const { heads } = encoder;
  const size = width / heads;
  const [query, keys, values] = parts.map((x) => {
    const byHead = g.op('Transpose', [g.op('Reshape', [x, shapeOf(g, bounds, heads, size)])], { perm: [0, 2, 1, 3] });
    return g.op('Reshape', [byHead, g.ints(-1, AUDIO_POSITIONS, size)]); // [B H, s, D / H]
  }) as [Value, Value, Value];
  const whole = {
    query: quantize(g, query, g.constant('uint8', [], [ZERO])),
    keys: quantize(g, centred(g, keys), g.constant('int8', [], [0])),
    values: quantize(g, values, g.constant('int8', [], [0])),
  };
  const strip = stripOf(heads);
  const strips = AUDIO_POSITIONS / strip;
  const queries = g.op('Transpose', [g.op('Reshape', [whole.query.codes, g.ints(-1, strips, strip, size)])], { perm: [1, 0, 2, 3] });
  const dims = [null, strip, size];
  const attend = attendedBy(g, whole, size);
  const [attended] = scan(g, { value: queries, type: 'uint8', dims }, (inner, codes) => [{ value: attend(inner, codes), type: 'float32', dims }]) as [
    Value,
  ]; // [strips, B H, strip, D / H]
  const byHead = g.op('Reshape', [attended, g.ints(strips, -1, heads, strip, size)]);
  return g.op('Reshape', [g.op('Transpose', [byHead], { perm: [1, 0, 3, 2, 4] }), shapeOf(g, bounds, width)]);
}

/** Positions of a strip: a part of all of them. */
function stripOf(heads: number): number {
  let strip = Math.floor(ROWS / heads);
  while (AUDIO_POSITIONS % strip > 0) strip -= 1;
  return strip;
}

/** Of one strip: codes of the query [B H, strip, D / H] → [B H, strip, D / H]. */
function attendedBy(outer: GraphBuilder, { query, keys, values }: Record<'query' | 'keys' | 'values', Whole>, size: number) {
  const columns = outer.op('Transpose', [keys.codes], { perm: [0, 2, 1] });
  // One for each column: the operator takes no single one per matrix.
  const scoreScales = outer.op('Expand', [outer.op('Mul', [query.scales, keys.scales]), outer.ints(1, 1, AUDIO_POSITIONS)]);
  const valueScales = outer.op('Expand', [values.scales, outer.ints(1, 1, size)]);
  return (g: GraphBuilder, codes: Value): Value => {
    const scores = g.op('MatMulIntegerToFloat', [codes, columns, g.float(1), scoreScales, g.constant('uint8', [], [ZERO])]); // [B H, strip, s]
    // The largest of a row is 1 until they are divided by their sum, so that the same 255 codes fit all rows.
    const weights = g.op('Exp', [g.op('Sub', [scores, g.op('ReduceMax', [scores, g.ints(-1)])])]);
    const [step, zero] = [g.float(1 / 255), g.constant('uint8', [], [0])];
    const sums = g.op('MatMulIntegerToFloat', [g.op('QuantizeLinear', [weights, step, zero]), values.codes, step, valueScales, zero]);
    return g.op('Div', [sums, g.op('ReduceSum', [weights, g.ints(-1)])]);
  };
}

/** Keys without their mean, [B H, s, D / H]: all scores of a query become smaller by the same, which softmax does not see, and codes stand closer. */
function centred(g: GraphBuilder, keys: Value): Value {
  const evenly = g.root.constant('float32', [1, AUDIO_POSITIONS], Array<number>(AUDIO_POSITIONS).fill(1 / AUDIO_POSITIONS));
  return g.op('Sub', [keys, g.op('MatMul', [evenly, keys])]);
}

/** x [B H, s, D / H] float32; the number of a head that is farthest from 0 becomes 127 steps. `zero`: the code of 0, which says the type. */
function quantize(g: GraphBuilder, x: Value, zero: Value): Whole {
  const rows = g.op('Flatten', [x], { axis: 1 }); // [B H, s D / H]
  const farthest = g.op('Max', [g.op('ReduceMax', [rows, g.ints(1)]), g.op('Neg', [g.op('ReduceMin', [rows, g.ints(1)])]), g.float(LEAST)]);
  const scales = g.op('Mul', [farthest, g.float(1 / 127)]);
  const codes = g.op('QuantizeLinear', [g.op('Div', [rows, scales]), g.float(1), zero]);
  return { codes: g.op('Reshape', [codes, g.op('Shape', [x])]), scales: g.op('Unsqueeze', [scales, g.ints(2)]) };
}
