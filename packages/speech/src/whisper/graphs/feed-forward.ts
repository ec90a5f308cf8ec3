import type { Value } from '../../onnx/graph-builder.ts';
import type { Block } from './block.ts';
import { linear, single } from './linear.ts';
import { normedLinear } from './normed-linear.ts';
import type { LinearFormat } from './weight-formats.ts';

/** GELU is never below -0.17. */
const GELU_LEAST = 0.17;

/** x [rows, D] + its feed-forward, [rows, D]. `name` is that of the layer. */
export function feedForward(block: Block, x: Value, { name, format }: { name: string; format: LinearFormat }): Value {
  const { g } = block;
  const wide = normedLinear(block, x, `${name}.final_layer_norm`, single(`${name}.fc1`, format)); // [rows, inner]
  return g.op('Add', [x, linear(block, g.op('Gelu', [wide]), { ...single(`${name}.fc2`, format), least: GELU_LEAST })]);
}
