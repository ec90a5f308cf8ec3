/**
 * The segmentation model in two graphs, cut behind its first layer: 80 band-pass filters of the sound (SincNet, Ravanelli, Bengio 2018).
 * Windows overlap, and a filter knows nothing of them, so that the sound is filtered once for all of its windows (window-filters.ts).
 */
import { AppError } from '@bulk-transcribe/protocol';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { decodeModel, encodeModel, type ModelProto, type NodeProto } from '../onnx/model-schema.ts';
import { withinModel } from '../onnx/weight-store.ts';

/** Filters, samples that each sees, samples between their outputs, outputs of which the loudest counts. */
export const FILTERS = 80;
export const FILTER_LENGTH = 251;
export const FILTER_STEP = 10;
export const POOL = 3;

export interface SegmentationGraphs {
  /** `samples` [1, 1, 1, n] → `highest` and `lowest` [1, 80, 1, n / 30]: of three outputs in a row; `lowest` with its sign turned. */
  readonly filters: Uint8Array;
  /** `loudest` [windows, 80, 5325] → `log_probs` [windows, 589, 7]. */
  readonly classes: Uint8Array;
  /** What a window is scaled to before it is filtered: this deviation and this mean. */
  readonly deviation: number;
  readonly mean: number;
}

/** Throws engine_unavailable where the bytes are not the model that comes with the product. */
export function cutSegmentation(bytes: Uint8Array): SegmentationGraphs {
  try {
    return cut(decodeModel(bytes));
  } catch (cause) {
    throw new AppError('engine_unavailable', 'The model of speech is damaged, or built differently from the one that comes with the product.', {
      cause,
    });
  }
}

const FIRST_LAYER = ['InstanceNormalization', 'Conv', 'Abs', 'MaxPool'];

function cut(model: ModelProto): SegmentationGraphs {
  const { nodes = [], initializers = [], ...graph } = model.graph ?? {};
  const [normalise = {}, convolve = {}, , pool = {}] = nodes;
  if (FIRST_LAYER.some((type, index) => nodes[index]?.opType !== type)) throw new RangeError('its first layer is another one');
  const floats = (name: string | undefined): Float32Array => {
    const raw = initializers.find((tensor) => tensor.name === name)?.rawData;
    if (!raw) throw new RangeError(`${name} is missing`);
    return new Float32Array(Uint8Array.from(raw).buffer);
  };
  const rest = nodes.slice(FIRST_LAYER.length);
  const used = new Set(rest.flatMap(({ inputs = [] }) => inputs));
  return {
    filters: filterGraph(floats(convolve.inputs?.[1])),
    classes: encodeModel({
      ...model,
      graph: {
        ...graph,
        nodes: rest.map((node) => renamed(node, pool.outputs?.[0], 'loudest')),
        initializers: initializers.filter(({ name }) => used.has(name ?? '')),
        inputs: [loudest],
      },
    }),
    deviation: floats(normalise.inputs?.[1])[0] as number,
    mean: floats(normalise.inputs?.[2])[0] as number,
  };
}

const loudest = { name: 'loudest', type: { tensor: { elementType: 1, shape: { dims: [{ parameter: 'windows' }, { value: FILTERS }, {}] } } } };

const renamed = (node: NodeProto, from: string | undefined, to: string): NodeProto => ({
  ...node,
  inputs: node.inputs?.map((name) => (name === from ? to : name)) ?? [],
});

function filterGraph(weights: Float32Array): Uint8Array {
  const g = new GraphBuilder('filters', withinModel);
  const filters = g.weight('filters', { type: 'float32', dims: [FILTERS, 1, 1, FILTER_LENGTH] }, () => weights);
  // Of two dimensions: those convolutions the runtime computes in place, without copying the sound 25 times.
  const filtered = g.op('Conv', [g.input('samples', 'float32', [1, 1, 1, 'n']), filters], {
    kernel_shape: [1, FILTER_LENGTH],
    strides: [1, FILTER_STEP],
  });
  for (const [name, value] of [
    ['highest', filtered],
    ['lowest', g.op('Neg', [filtered])],
  ] as const) {
    const pooled = g.op('MaxPool', [value], { kernel_shape: [1, POOL], strides: [1, POOL] });
    g.output(name, pooled, { type: 'float32', dims: [1, FILTERS, 1, 'm'] });
  }
  return g.model();
}
