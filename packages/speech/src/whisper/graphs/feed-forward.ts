import type { Value } from '../../onnx/graph-builder.ts';
import type { Block } from './block.ts';
import { normedLinear } from './layer-norm.ts';
import { linear, single } from './linear.ts';
import type { LinearFormat } from './weight-formats.ts';

interface FeedForward {
  /** Of the layer. */
  readonly name: string;
  readonly format: LinearFormat;
  /** rows8, rows7: what comes out of GELU is mixed before it is rounded. Of few rows that is a small part of the work. */
  readonly mixes?: boolean;
}

/** GELU is never below -0.17. */
const GELU_LEAST = 0.17;
/** Channels that are mixed with each other. */
const GROUP = 64;

/** x [rows, D] + its feed-forward, [rows, D]. */
export function feedForward(block: Block, x: Value, { name, format, mixes = false }: FeedForward): Value {
  const { g, weights } = block;
  const wide = normedLinear(block, x, { norm: `${name}.final_layer_norm`, ...single(`${name}.fc1`, format) }); // [rows, inner]
  const [, inner = 0] = weights.shape(`${name}.fc2.weight`);
  const range = mixes && inner % GROUP === 0 ? { mixed: GROUP } : { least: GELU_LEAST };
  return g.op('Add', [x, linear(block, g.op('Gelu', [wide]), { ...single(`${name}.fc2`, format), ...range })]);
}
