import type { Value } from '../../onnx/graph-builder.ts';
import type { Block } from './block.ts';
import { layerNorm } from './layer-norm.ts';
import { linear, single } from './linear.ts';
import type { LinearFormat } from './weight-formats.ts';

/** x [rows, D] + its feed-forward, [rows, D]. `name` is that of the layer. */
export function feedForward(block: Block, x: Value, { name, format }: { name: string; format: LinearFormat }): Value {
  const { g } = block;
  const wide = linear(block, layerNorm(block, x, `${name}.final_layer_norm`), single(`${name}.fc1`, format)); // [rows, inner]
  return g.op('Add', [x, linear(block, g.op('Gelu', [wide]), single(`${name}.fc2`, format))]);
}
