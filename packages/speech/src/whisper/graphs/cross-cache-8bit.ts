/**
 * The cross attention over keys and values of 8 bit: a step of the decoder does little else than read them, and reads a quarter.
 * Each channel of a window has a scale of its own. That of the keys goes into the query and that of the values into the result, so that
 * between them whole numbers are multiplied.
 */
import { elementTypes } from '../../onnx/element-types.ts';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { AUDIO_POSITIONS } from '../checkpoint/dimensions.ts';
import { type Block, quantizeRows } from './block.ts';
import { quantizeChannels } from './channels-8bit.ts';
import type { KeyForm } from './cross-keys-8bit.ts';

export interface Values8 {
  /** [B, H, s, D / H] int8; of one window [H, s, D / H] */
  readonly codes: Value;
  /** [B, H, 1, D / H] float32; of one window [H, 1, D / H] */
  readonly scales: Value;
}

export interface CrossCache8 {
  readonly format: 'channels8';
  /** How the keys are kept, and what is kept of them. */
  readonly form: KeyForm;
  readonly keys: readonly Value[];
  readonly values: Values8;
}

/** Of one window, [s, D] float32. */
export function quantizeValues(block: Block, values: Value, { bits }: KeyForm): Values8 {
  const { g, dimensions } = block;
  const { heads } = dimensions.decoder;
  const size = dimensions.width / heads;
  const { codes, scales } = quantizeChannels(block, values, { zero: g.constant('int8', [], [0]), bits });
  const byHead = g.op('Reshape', [codes, g.ints(-1, heads, size)]);
  return { codes: g.op('Transpose', [byHead], { perm: [1, 0, 2] }), scales: g.op('Reshape', [scales, g.ints(heads, 1, size)]) };
}

/** weights [B, H, n, s] float32, 0 to 1 → weighted sums of the values, [B, H, n, D / H] float32. The weights are rounded to 8 bit of the largest in their row. */
export function weighted8(g: GraphBuilder, weights: Value, { codes, scales }: Values8): Value {
  const rows = g.op('Reshape', [weights, g.ints(-1, AUDIO_POSITIONS)]); // [B H n, s]
  const rowScales = g.op('Mul', [g.op('ReduceMax', [rows, g.ints(-1)], { keepdims: 0 }), g.float(1 / 255)]); // [B H n]
  const whole = g.op('Reshape', [quantizeRows(g, rows, { scales: rowScales, zero: 0 }), g.op('Shape', [weights])]);
  const sums = g.op('Cast', [g.op('MatMulInteger', [whole, codes])], { to: elementTypes.float32 });
  const perRow = g.op('Reshape', [rowScales, g.op('Concat', [g.op('Shape', [weights], { start: 0, end: 3 }), g.ints(1)], { axis: 0 })]); // [B, H, n, 1]
  return g.op('Mul', [g.op('Mul', [sums, perRow]), scales]);
}
