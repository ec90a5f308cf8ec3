import type { Value } from '../../onnx/graph-builder.ts';
import { type Block, layerNorm, vector } from './block.ts';
import { linear } from './linear.ts';

/** x [B, D] + its feed-forward: one half of the wide layer lets the other through. */
export function feedForward(block: Block, x: Value, layer: number): Value {
  const { g } = block;
  const project = (part: string, input: Value) => {
    const bias = vector(block, `layers.${layer}.mlp.${part}.bias`);
    return linear(block, input, { name: `layers.${layer}/mlp/${part}`, parts: [`layers.${layer}/mlp/${part}`], bias });
  };
  const wide = project('up_proj', layerNorm(block, x, `layers.${layer}.final_layernorm`)); // [B, 2 × 4 D]
  const [through, gate] = g.ops('Split', [wide], { axis: -1, num_outputs: 2, outputs: 2 }) as [Value, Value];
  const opened = g.op('QuickGelu', [gate], { alpha: { float: 1 } }); // SiLU
  return g.op('Add', [x, project('down_proj', g.op('Mul', [opened, through]))]);
}
