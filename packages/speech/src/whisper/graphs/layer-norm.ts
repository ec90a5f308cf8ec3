import type { Value } from '../../onnx/graph-builder.ts';
import { type Block, floatWeight } from './block.ts';

/** Over the last axis; any shape. `divisors` [D], asked when the weights are made: what each channel of the result is divided by. */
export function layerNorm(block: Block, x: Value, name: string, divisors?: () => Float32Array): Value {
  const part = (kind: 'weight' | 'bias'): Value => {
    const key = `${name}.${kind}`;
    if (!divisors) return floatWeight(block, key);
    const make = () => block.weights.read(key).map((value, channel) => value / (divisors()[channel] ?? 1));
    return block.g.weight(`${key}.divided`, { type: 'float32', dims: block.weights.shape(key) }, make);
  };
  // PyTorch's default epsilon, which Whisper was trained with.
  return block.g.op('LayerNormalization', [x, part('weight'), part('bias')], { axis: -1, epsilon: { float: 1e-5 } });
}
