/**
 * The cross attention over keys and values of 8 bit: a step of the decoder does little else than read them, and reads a quarter.
 * Each channel of a window has a scale of its own. That of the keys goes into the query and that of the values into the result, so that
 * between them whole numbers are multiplied.
 */
import { elementTypes } from '../../onnx/element-types.ts';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { AUDIO_POSITIONS } from '../checkpoint/dimensions.ts';
import { type Block, quantizeRows } from './block.ts';

export interface Channels8 {
  /** [B, H, s, D / H]; of one window [H, s, D / H] */
  readonly codes: Value;
  /** [B, H, 1, D / H] float32; of one window [H, 1, D / H] */
  readonly scales: Value;
}

export interface CrossCache8 {
  readonly format: 'channels8';
  /** uint8, 128 for zero. */
  readonly keys: Channels8;
  /** int8 */
  readonly values: Channels8;
}

/** Where all are 0 any scale will do. */
const LEAST = 1e-9;
const ZERO_KEY = 128;

/** Of one window, [s, D] float32. */
export const quantizeKeys = (block: Block, keys: Value): Channels8 => quantizeChannels(block, keys, block.g.constant('uint8', [], [ZERO_KEY]));

/** Of one window, [s, D] float32. */
export const quantizeValues = (block: Block, values: Value): Channels8 => quantizeChannels(block, values, block.g.constant('int8', [], [0]));

function quantizeChannels({ g, dimensions: { width, decoder } }: Block, x: Value, zero: Value): Channels8 {
  const scales = scaleOf(g, farthestOfChannels(g, x, width)); // [D]
  const codes = g.op('QuantizeLinear', [g.op('Div', [x, scales]), g.float(1), zero]);
  const byHead = (value: Value) => g.op('Reshape', [value, g.ints(-1, decoder.heads, width / decoder.heads)]);
  return { codes: g.op('Transpose', [byHead(codes)], { perm: [1, 0, 2] }), scales: g.op('Transpose', [byHead(scales)], { perm: [1, 0, 2] }) };
}

/** Positions that are looked through together: over all of them the runtime takes ten times as long. */
const STRIP = AUDIO_POSITIONS / 4;

/** How far each channel goes from 0: x [s, D] → [D]. */
function farthestOfChannels(g: GraphBuilder, x: Value, width: number): Value {
  const strips = g.op('Reshape', [x, g.ints(-1, STRIP, width)]);
  const over = (type: string, value: Value, axis: number) => g.op(type, [value, g.ints(axis)], { keepdims: 0 });
  const [most, least] = ['ReduceMax', 'ReduceMin'].map((type) => over(type, over(type, strips, 1), 0)) as [Value, Value];
  return g.op('Max', [most, g.op('Neg', [least])]);
}

/** The largest number becomes 127. */
const scaleOf = (g: GraphBuilder, largest: Value): Value => g.op('Div', [g.op('Max', [largest, g.float(LEAST)]), g.float(127)]);

/** query [B, H, n, D / H] float32 → its product with all keys, [B, H, n, s] float32. The query is rounded to 8 bit with one scale per row. */
export function scores8(g: GraphBuilder, query: Value, { codes, scales }: Channels8): Value {
  const columns = g.op('Transpose', [g.op('Mul', [query, scales])], { perm: [0, 1, 3, 2] }); // [B, H, D / H, n]
  const columnScales = scaleOf(g, g.op('ReduceMax', [g.op('Abs', [columns]), g.ints(2)], { keepdims: 1 })); // [B, H, 1, n]
  const whole = g.op('QuantizeLinear', [g.op('Div', [columns, columnScales]), g.float(1), g.constant('int8', [], [0])]);
  // The keys come first: the other way round the runtime would put all of them in another order at every step.
  const products = g.op('MatMulIntegerToFloat', [codes, whole, g.float(1), columnScales, g.constant('uint8', [], [ZERO_KEY])]); // [B, H, s, n]
  return g.op('Transpose', [products], { perm: [0, 1, 3, 2] });
}

/** weights [B, H, n, s] float32, 0 to 1 → weighted sums of the values, [B, H, n, D / H] float32. The weights are rounded to 8 bit of the largest in their row. */
export function weighted8(g: GraphBuilder, weights: Value, { codes, scales }: Channels8): Value {
  const rows = g.op('Reshape', [weights, g.ints(-1, AUDIO_POSITIONS)]); // [B H n, s]
  const rowScales = g.op('Mul', [g.op('ReduceMax', [rows, g.ints(-1)], { keepdims: 0 }), g.float(1 / 255)]); // [B H n]
  const whole = g.op('Reshape', [quantizeRows(g, rows, { scales: rowScales, zero: 0 }), g.op('Shape', [weights])]);
  const sums = g.op('Cast', [g.op('MatMulInteger', [whole, codes])], { to: elementTypes.float32 });
  const perRow = g.op('Reshape', [rowScales, g.op('Concat', [g.op('Shape', [weights], { start: 0, end: 3 }), g.ints(1)], { axis: 0 })]); // [B, H, n, 1]
  return g.op('Mul', [g.op('Mul', [sums, perRow]), scales]);
}
