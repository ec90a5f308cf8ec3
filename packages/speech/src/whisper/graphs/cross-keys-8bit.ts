/** The keys of the cross attention in 8 bit, one scale per channel and window, which goes into the query; that is rounded to 8 bit as well, with one scale per row. */
import { elementTypes } from '../../onnx/element-types.ts';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import type { Scanned } from '../../onnx/loop.ts';
import { AUDIO_POSITIONS } from '../checkpoint/dimensions.ts';
import type { Block } from './block.ts';
import { quantizeChannels, scaleOf } from './channels-8bit.ts';

export interface KeyForm {
  /** Of the codes of keys and values. */
  readonly bits: 7 | 8;
  /** Keys of one window, [s, D] float32 → what is kept of them. */
  readonly keep: (block: Block, keys: Value) => readonly Scanned[];
  /** query [B, H, n, D / H] float32, what is kept of each window → their products, [B, H, n, s] float32. */
  readonly scores: (g: GraphBuilder, query: Value, kept: readonly Value[]) => Value;
}

/** The code of 0 where codes have no sign. */
const ZERO = 128;

/**
 * Unsigned query × signed keys [B, H, D / H, s]. Where the query is a single row, the runtime multiplies them as they lie, for VNNI and AVX2. As codes of the query
 * are not below 0, what a query of zeros makes of the keys (`offsets`, [B, H, 1, s]) is taken off.
 */
const queryFirst = (bits: KeyForm['bits']): KeyForm => ({
  bits,
  keep: (block, keys) => {
    const { g, dimensions } = block;
    const { heads } = dimensions.decoder;
    const size = dimensions.width / heads;
    const { codes, scales } = quantizeChannels(block, keys, { zero: g.constant('int8', [], [0]), bits });
    const columns = g.op('Reshape', [g.op('Transpose', [codes], { perm: [1, 0] }), g.ints(heads, size, AUDIO_POSITIONS)]);
    const zeros = g.constant('uint8', [1, size], Array<number>(size).fill(ZERO));
    const offsets = g.op('Cast', [g.op('MatMulInteger', [zeros, columns])], { to: elementTypes.float32 });
    return [
      { value: columns, type: 'int8', dims: [heads, size, AUDIO_POSITIONS] },
      { value: g.op('Reshape', [scales, g.ints(heads, 1, size)]), type: 'float32', dims: [heads, 1, size] },
      { value: offsets, type: 'float32', dims: [heads, 1, AUDIO_POSITIONS] },
    ];
  },
  scores: (g, query, kept) => {
    const [codes, scales, offsets] = kept as [Value, Value, Value];
    const rows = g.op('Mul', [query, scales]);
    const rowScales = scaleOf(g, g.op('ReduceMax', [g.op('Abs', [rows]), g.ints(-1)])); // [B, H, n, 1]
    const whole = g.op('QuantizeLinear', [g.op('Div', [rows, rowScales]), g.float(1), g.constant('uint8', [], [ZERO])]);
    const products = g.op('Cast', [g.op('MatMulInteger', [whole, codes])], { to: elementTypes.float32 });
    return g.op('Mul', [g.op('Sub', [products, offsets]), rowScales]);
  },
});

/** Unsigned keys [B, H, s, D / H] × signed query: for AMX, where the other way round takes an eighth longer for a whole step. */
const keysFirst: KeyForm = {
  bits: 8,
  keep: (block, keys) => {
    const { g, dimensions } = block;
    const { heads } = dimensions.decoder;
    const size = dimensions.width / heads;
    const { codes, scales } = quantizeChannels(block, keys, { zero: g.constant('uint8', [], [ZERO]), bits: 8 });
    const byHead = g.op('Transpose', [g.op('Reshape', [codes, g.ints(-1, heads, size)])], { perm: [1, 0, 2] });
    return [
      { value: byHead, type: 'uint8', dims: [heads, AUDIO_POSITIONS, size] },
      { value: g.op('Reshape', [scales, g.ints(heads, 1, size)]), type: 'float32', dims: [heads, 1, size] },
    ];
  },
  scores: (g, query, kept) => {
    const [codes, scales] = kept as [Value, Value];
    const columns = g.op('Transpose', [g.op('Mul', [query, scales])], { perm: [0, 1, 3, 2] }); // [B, H, D / H, n]
    const columnScales = scaleOf(g, g.op('ReduceMax', [g.op('Abs', [columns]), g.ints(2)], { keepdims: 1 })); // [B, H, 1, n]
    const whole = g.op('QuantizeLinear', [g.op('Div', [columns, columnScales]), g.float(1), g.constant('int8', [], [0])]);
    const products = g.op('MatMulIntegerToFloat', [codes, whole, g.float(1), columnScales, g.constant('uint8', [], [ZERO])]); // [B, H, s, n]
    return g.op('Transpose', [products], { perm: [0, 1, 3, 2] });
  },
};

export const keyForms = { queryFirst8: queryFirst(8), queryFirst7: queryFirst(7), keysFirst8: keysFirst } as const satisfies Record<string, KeyForm>;
