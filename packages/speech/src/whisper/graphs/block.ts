/** What the blocks of a graph share. B = windows, R = rows (windows × beams), T = tokens of a step, s = encoder positions, D = width, H = heads, V = vocabulary. */
import { elementTypes } from '../../onnx/element-types.ts';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import type { Dimensions } from '../checkpoint/dimensions.ts';
import type { SpecialTokens } from '../checkpoint/facts.ts';
import type { Weights } from '../checkpoint/weights.ts';
import type { LinearFormat } from './weight-formats.ts';

/** What a checkpoint becomes. float16 is meant for CUDA; 8-bit formats compute in float32 between their layers. */
export interface GraphFormats {
  /** Type of everything that is neither quantized nor an integer. */
  readonly float: 'float32' | 'float16';
  readonly encoder: LinearFormat;
  /** The encoder's self attention. heads8: query, keys, values and weights of 8 bit, with one scale per head and window. */
  readonly attention: 'float' | 'heads8';
  /** Keys and values of the cross attention, computed once per batch. */
  readonly prelude: LinearFormat;
  /** How those are kept: in 8 bit or 7, one scale per channel and window, in the order in which they are multiplied. */
  readonly cross: 'float' | 'queryFirst8' | 'queryFirst7' | 'keysFirst8';
  /** Decoder layers and the vocabulary head. */
  readonly decoder: LinearFormat;
  /** The weights come in another basis (turned-weights.ts). */
  readonly turned: boolean;
  /** Token table, where the head has a format of its own. */
  readonly embedding: 'float32' | 'float16';
}

export interface GraphSource {
  readonly dimensions: Dimensions;
  readonly tokens: SpecialTokens;
  readonly alignmentHeads: readonly (readonly [layer: number, head: number])[];
  readonly weights: Weights;
  readonly formats: GraphFormats;
}

export interface Block extends GraphSource {
  /** Where the nodes go. Weights go to its root. */
  readonly g: GraphBuilder;
}

/** Stands for minus infinity: finite, so that a row with nothing left gives no NaN. */
export const NEVER = -1e30;

/** "To the end" of a slice. */
export const TO_END = 2 ** 31 - 1;

export const toFloat = ({ g, formats }: Block, x: Value): Value =>
  formats.float === 'float16' ? g.op('Cast', [x], { to: elementTypes.float16 }) : x;

export const toFloat32 = ({ g, formats }: Block, x: Value): Value =>
  formats.float === 'float16' ? g.op('Cast', [x], { to: elementTypes.float32 }) : x;

/** A weight of the checkpoint as it stands, or made from such, in the type of the graph. */
export function floatWeight(
  { g, weights, formats }: Block,
  name: string,
  { dims = weights.shape(name), make = () => weights.read(name), type = formats.float } = {},
): Value {
  if (type === 'float16') return g.weight(`${name}.f16`, { type, dims }, () => new Float16Array(make()));
  return g.weight(name, { type, dims }, make);
}

/** Sizes of `x` from axis `start` to before `end`: int64 [end - start]. */
export const sizes = (g: GraphBuilder, x: Value, [start, end]: readonly [number, number]): Value => g.op('Shape', [x], { start, end });

/** Size of one axis: int64 []. */
export const size = (g: GraphBuilder, x: Value, axis: number): Value => g.op('Squeeze', [sizes(g, x, [axis, axis + 1])]);

/** [n] → [n, 1]. */
export const column = (g: GraphBuilder, x: Value): Value => g.op('Unsqueeze', [x, g.ints(1)]);

/** The first `count` (int64 [1]) rows. */
export const topRows = (g: GraphBuilder, x: Value, count: Value): Value => g.op('Slice', [x, g.ints(0), count, g.ints(0)]);

/** Columns of x [rows, n] from `from` to before `to`. */
export const columns = (g: GraphBuilder, x: Value, from: number, to = TO_END): Value => g.op('Slice', [x, g.ints(from), g.ints(to), g.ints(1)]);

/** Sizes that are known as values, then sizes that are numbers: a shape for Reshape or Expand. */
export const shapeOf = (g: GraphBuilder, known: Value, ...more: number[]): Value => g.op('Concat', [known, g.ints(...more)], { axis: 0 });

/** x [rows, n] float32 → uint8, each row over its own scale [rows]; `zero`: the code of 0. */
export function quantizeRows(g: GraphBuilder, x: Value, { scales, zero }: { readonly scales: Value; readonly zero: number }): Value {
  const zeros = g.op('Expand', [g.constant('uint8', [1], [zero]), g.op('Shape', [scales])]);
  return g.op('QuantizeLinear', [x, scales, zeros], { axis: 0 });
}
