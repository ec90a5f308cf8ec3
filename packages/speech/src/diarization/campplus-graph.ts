/**
 * CAM++ (Wang et al. 2023, "CAM++: A Fast and Efficient Network for Speaker Verification Using Context-Aware Masking"): fbank → voice print.
 * Everything is an image, of height 1 after the head, and a scale by channel is a convolution: these the runtime computes in place, in
 * blocks of channels, while it copies what one-dimensional convolutions see into a matrix.
 */
import { elementTypes } from '../onnx/element-types.ts';
import { GraphBuilder, type Value } from '../onnx/graph-builder.ts';
import { withinModel } from '../onnx/weight-store.ts';
import type { CampplusWeight } from './campplus-weights.ts';
import { MELS } from './fbank.ts';
import { DIMENSIONS } from './voice-print.ts';

/**
 * Rows of fbank, 2 s: the context of a frame is the whole print and the stretch of 100 frames (each of two rows) that it lies in. Up to here
 * both are the same, and no more is needed: a print is of two units.
 */
export const MOST_ROWS = 200;

/** Channels of the head's images. */
const HEAD = 32;
/** Channels that each layer of a block adds, and those that it works in. */
const GROWTH = 32;
const BOTTLENECK = 128;
const CONTEXT = 64;
/** Dense blocks; the convolution behind each has a bias where a batch norm after it is folded into it. */
const blocks = [
  { layers: 12, dilation: 1, outputs: 256, bias: false },
  { layers: 24, dilation: 2, outputs: 512, bias: false },
  { layers: 16, dilation: 2, outputs: 512, bias: true },
] as const;

interface Convolution {
  readonly inputs: number;
  readonly outputs: number;
  /** Height and width; 1 × 1 where there is none. */
  readonly kernel?: readonly [number, number];
  readonly strides?: readonly [number, number];
  /** Of the width. */
  readonly dilation?: number;
  readonly bias?: boolean;
}

/** Input `fbank` [B, rows, 80] without its mean, 20 to 200 rows; output `embedding` [B, 192], not of unit length. */
export function campplusGraph(weights: Iterator<CampplusWeight, undefined>): Uint8Array {
  const g = new GraphBuilder('campplus', withinModel);
  const network = new Network(g, weights);
  const fbank = g.input('fbank', 'float32', ['B', 'rows', MELS]);
  let x = network.head(g.op('Unsqueeze', [g.op('Transpose', [fbank], { perm: [0, 2, 1] }), g.ints(1)]));
  let channels = BOTTLENECK;
  for (const { layers, dilation, outputs, bias } of blocks) {
    for (let layer = 0; layer < layers; layer += 1, channels += GROWTH) {
      x = g.op('Concat', [x, network.layer(x, channels, dilation)], { axis: 1 });
    }
    x = network.convolve(network.normalise(x, channels), { inputs: channels, outputs, bias });
    channels = outputs;
  }
  g.output('embedding', network.print(g.op('Relu', [x]), channels), { type: 'float32', dims: ['B', DIMENSIONS] });
  return g.model();
}

class Network {
  readonly #g: GraphBuilder;
  readonly #weights: Iterator<CampplusWeight, undefined>;

  constructor(g: GraphBuilder, weights: Iterator<CampplusWeight, undefined>) {
    this.#g = g;
    this.#weights = weights;
  }

  /** Image of the fbank [B, 1, 80, rows] → [B, 128, 1, T], T = rows / 2: residual blocks, in which the height shrinks to 10. */
  head(image: Value): Value {
    const size = { inputs: HEAD, outputs: HEAD };
    let x = this.#relu(this.convolve(image, { inputs: 1, outputs: HEAD, kernel: [3, 3] }));
    for (const step of [2, 1, 2, 1] as const) x = this.#residual(x, step);
    x = this.#relu(this.convolve(x, { ...size, kernel: [3, 3], strides: [2, 1] }));
    const rows = this.#g.op('Reshape', [x, this.#g.ints(0, (HEAD * MELS) / 8, 1, -1)]);
    return this.#relu(this.convolve(rows, { inputs: (HEAD * MELS) / 8, outputs: BOTTLENECK, kernel: [1, 5], strides: [1, 2] }));
  }

  /** Every `step`-th row of the image. */
  #residual(x: Value, step: number): Value {
    const size = { inputs: HEAD, outputs: HEAD };
    const inner = this.#relu(this.convolve(x, { ...size, kernel: [3, 3], strides: [step, 1] }));
    const deep = this.convolve(inner, { ...size, kernel: [3, 3] });
    const short = step === 1 ? x : this.convolve(x, { ...size, strides: [step, 1] });
    return this.#relu(this.#g.op('Add', [deep, short]));
  }

  /** [B, channels, 1, T] → [B, 32, 1, T]: a convolution over time, each channel of it as loud as the context of the frame wants it. */
  layer(x: Value, channels: number, dilation: number): Value {
    const g = this.#g;
    const narrow = this.#relu(this.convolve(this.normalise(x, channels), { inputs: channels, outputs: BOTTLENECK }));
    const mean = g.op('GlobalAveragePool', [narrow]);
    const context = this.#relu(this.convolve(g.op('Add', [mean, mean]), { inputs: BOTTLENECK, outputs: CONTEXT }));
    const loudness = g.op('Sigmoid', [this.convolve(context, { inputs: CONTEXT, outputs: GROWTH })]);
    const local = this.convolve(narrow, { inputs: BOTTLENECK, outputs: GROWTH, kernel: [1, 3], dilation, bias: false });
    return g.op('Mul', [local, loudness]);
  }

  /** Scale and shift by channel, negative values to zero. */
  normalise(x: Value, channels: number): Value {
    const inputs = [x, this.#weight(channels, 1, 1, 1), this.#weight(channels)];
    return this.#relu(this.#g.op('Conv', inputs, { kernel_shape: [1, 1], group: channels }));
  }

  convolve(x: Value, { inputs, outputs, kernel = [1, 1], strides = [1, 1], dilation = 1, bias = true }: Convolution): Value {
    const [top, left] = [(kernel[0] - 1) / 2, (dilation * (kernel[1] - 1)) / 2];
    const parameters = [this.#weight(outputs, inputs, ...kernel), ...(bias ? [this.#weight(outputs)] : [])];
    const shape = { kernel_shape: kernel, strides, dilations: [1, dilation], pads: [top, left, top, left] };
    return this.#g.op('Conv', [x, ...parameters], shape);
  }

  /** [B, channels, 1, T] → [B, 192]: mean and unbiased deviation over time, then a linear layer. */
  print(x: Value, channels: number): Value {
    const g = this.#g;
    const time = g.ints(3);
    const mean = g.op('ReduceMean', [x, time]);
    const deviation = g.op('Sub', [x, mean]);
    const others = g.op('Sub', [g.op('Gather', [g.op('Shape', [x]), time]), g.ints(1)]);
    const squares = g.op('ReduceSum', [g.op('Mul', [deviation, deviation]), time]);
    const variance = g.op('Div', [squares, g.op('Cast', [g.op('Max', [others, g.ints(1)])], { to: elementTypes.float32 })]);
    const statistics = g.op('Concat', [mean, g.op('Sqrt', [variance])], { axis: 1 });
    const row = g.op('Reshape', [statistics, g.ints(-1, 2 * channels)]);
    return g.op('Gemm', [row, this.#weight(DIMENSIONS, 2 * channels), this.#weight(DIMENSIONS)], { transB: 1 });
  }

  #relu(x: Value): Value {
    return this.#g.op('Relu', [x]);
  }

  /** The next one; a RangeError where it has another size. */
  #weight(...dims: number[]): Value {
    const { value } = this.#weights.next();
    if (!value) throw new RangeError('A weight is missing.');
    const { name, type, bytes } = value;
    const weight = this.#g.weight(name, { type, dims }, () => bytes);
    return type === 'float32' ? weight : this.#g.op('Cast', [weight], { to: elementTypes.float32 });
  }
}
