/** Numbers in 8 bit with a scale for each channel of a window. */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { AUDIO_POSITIONS } from '../checkpoint/dimensions.ts';
import type { Block } from './block.ts';

/** Where all are 0 any scale will do. */
const LEAST = 1e-9;

/** What the largest number becomes. Two products of 63 and 255 fit into 16 bits, in which processors without VNNI add them. */
const LARGEST_CODE = { 8: 127, 7: 63 } as const;

interface Codes {
  /** The code of 0, in the type of the codes. */
  readonly zero: Value;
  readonly bits: keyof typeof LARGEST_CODE;
}

/** x [s, D] float32 → codes [s, D]; scales [D]. */
export function quantizeChannels({ g, dimensions: { width } }: Block, x: Value, { zero, bits }: Codes): { codes: Value; scales: Value } {
  const scales = scaleOf(g, farthestOfChannels(g, x, width), bits);
  return { codes: g.op('QuantizeLinear', [g.op('Div', [x, scales]), g.float(1), zero]), scales };
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

export const scaleOf = (g: GraphBuilder, largest: Value, bits: Codes['bits'] = 8): Value =>
  g.op('Div', [g.op('Max', [largest, g.float(LEAST)]), g.float(LARGEST_CODE[bits])]);
