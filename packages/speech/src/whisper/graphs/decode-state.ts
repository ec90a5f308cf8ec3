/** What both searches take from outside and carry from token to token. */
import type { ElementType } from '../../onnx/element-types.ts';
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import type { Carried } from '../../onnx/loop.ts';
import type { Growing } from '../../onnx/loop-in-parts.ts';
import { type Block, sizes, toFloat } from './block.ts';
import type { SelfCache } from './decoder-self-attention.ts';
import { emptyTexts, type TextState } from './step-positions.ts';
import type { RuleState } from './timestamp-rules.ts';

export interface DecodeInputs {
  /** [B, s, D] float32 */
  readonly hidden: Value;
  /** [B, T] int64, padded at the left. */
  readonly prompt: Value;
  /** [B] int64: columns of padding. */
  readonly padding: Value;
  /** [n B] int64: rows of [B T] whose logits are wanted of the prompt. The first B are those of the last tokens, the next B those of sot. */
  readonly picked: Value;
  /** int64 [] */
  readonly maxTokens: Value;
  /** [V] float32, added to the logits. */
  readonly suppress: Value;
  /** The same in the first step. */
  readonly suppressFirst: Value;
  /** Timestamp tokens between which the first one is: int64 [B] */
  readonly earliestFirst: Value;
  readonly latestFirst: Value;
  /** Bool [] */
  readonly rules: Value;
}

export function decodeInputs({ g, dimensions }: Block): DecodeInputs {
  const { width, vocabulary } = dimensions;
  return {
    hidden: g.input('hidden', 'float32', ['B', 's', width]),
    prompt: g.input('prompt', 'int64', ['B', 'T']),
    padding: g.input('padding', 'int64', ['B']),
    picked: g.input('picked', 'int64', ['picked']),
    maxTokens: g.input('maxTokens', 'int64', []),
    suppress: g.input('suppress', 'float32', [vocabulary]),
    suppressFirst: g.input('suppressFirst', 'float32', [vocabulary]),
    earliestFirst: g.input('earliestFirst', 'int64', ['B']),
    latestFirst: g.input('latestFirst', 'int64', ['B']),
    rules: g.input('rules', 'bool', []),
  };
}

type Names = 'tokens' | 'picked' | keyof RuleState | keyof TextState;
export type CacheNames = `keys${number}` | `values${number}`;

/** Steps after which keys and values, and what the steps gave, are joined with those of the steps before. */
export const PART = 16;

/** The state before the first step, where there is one row per window. */
export function initialState(block: Block, { hidden, prompt, padding, picked, earliestFirst }: DecodeInputs): Record<Names, Carried> {
  const { g, formats } = block;
  const windows = sizes(g, hidden, [0, 1]);
  const filled = (value: Value) => g.op('Expand', [value, windows]);
  const texts = emptyTexts(block, padding);
  return {
    tokens: { initial: prompt, type: 'int64', dims: [null, null] },
    // Named, so that the runtime knows that all of [n R, V] are of one size and writes results over what they are made of.
    picked: { initial: picked, type: 'int64', dims: ['nR'] },
    lastWasStamp: { initial: filled(g.constant('bool', [1], [0])), type: 'bool', dims: [null] },
    stampBefore: { initial: filled(g.constant('bool', [1], [1])), type: 'bool', dims: [null] },
    lowest: { initial: earliestFirst, type: 'int64', dims: [null] },
    next: { initial: texts.next, type: 'int64', dims: [null] },
    own: { initial: texts.own, type: formats.float, dims: [null, null] },
  };
}

/** Keys and values of the tokens, before there are any. */
export function emptyCaches({ g, dimensions, formats, ...block }: Block, hidden: Value): Record<CacheNames, Growing> {
  const { layers, heads } = dimensions.decoder;
  const headSize = dimensions.width / heads;
  const shape = g.op('Concat', [sizes(g, hidden, [0, 1]), g.ints(heads, 0, headSize)], { axis: 0 });
  const initial = g.op('Expand', [toFloat({ ...block, g, dimensions, formats }, g.float(0)), shape]);
  const cache: Growing = { initial, type: formats.float, dims: [null, heads, null, headSize], axis: 2 };
  return Object.fromEntries(
    Array.from({ length: layers }, (_, layer) => [
      [`keys${layer}`, cache],
      [`values${layer}`, cache],
    ]).flat(),
  );
}

export const cachesOf = (state: Readonly<Record<CacheNames, Value>>, layers: number): SelfCache[] =>
  Array.from({ length: layers }, (_, layer) => ({ keys: state[`keys${layer}`] as Value, values: state[`values${layer}`] as Value }));

export const cacheState = (caches: readonly SelfCache[]): Record<CacheNames, Value> =>
  Object.assign({}, ...caches.map(({ keys, values }, layer) => ({ [`keys${layer}`]: keys, [`values${layer}`]: values })));

/** Nothing scanned yet: [0, B, …] */
export const nothing = (g: GraphBuilder, type: ElementType, shape: Value): Value =>
  g.op('Expand', [g.constant(type, [1], [0]), g.op('Concat', [g.ints(0), shape], { axis: 0 })]);

/** After the first step each row has one token, whose logits are wanted: 0, 1, 2 … */
export const everyRow = (g: GraphBuilder, count: Value): Value => g.op('Range', [g.int(0), count, g.int(1)]);
