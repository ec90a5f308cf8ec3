/** The weights of CAM++, as the file that comes with the product holds them (models/ORIGIN.md), in the order in which the network uses them. */
import { AppError } from '@bulk-transcribe/protocol';
import { elementTypes } from '../onnx/element-types.ts';
import { decodeModel, type GraphProto, type TensorProto } from '../onnx/model-schema.ts';

export interface CampplusWeight {
  readonly name: string;
  readonly type: 'float16' | 'float32';
  readonly bytes: Uint8Array;
}

/** Floats are weights from this many on; fewer are constants of the graph. */
const SMALLEST = 32;

/** Throws engine_unavailable where the bytes are not such a file. */
export function readCampplusWeights(bytes: Uint8Array): Iterator<CampplusWeight, undefined> {
  try {
    return weightsOf(decodeModel(bytes).graph ?? {}).values();
  } catch (cause) {
    throw new AppError('engine_unavailable', 'The model of voices is damaged, or built differently from the one that comes with the product.', {
      cause,
    });
  }
}

/** float16 weights go through a Cast on their way to the node that uses them. */
function weightsOf({ nodes = [], initializers = [] }: GraphProto): CampplusWeight[] {
  const tensors = new Map(initializers.map((tensor) => [tensor.name, tensor]));
  for (const { opType, inputs, outputs } of nodes) {
    const tensor = opType === 'Cast' ? tensors.get(inputs?.[0]) : undefined;
    if (tensor) tensors.set(outputs?.[0], tensor);
  }
  const used = nodes.filter(({ opType }) => opType !== 'Cast').flatMap(({ inputs = [] }) => inputs);
  return used.flatMap((name) => {
    const weight = weightOf(tensors.get(name));
    return weight ? [weight] : [];
  });
}

function weightOf(tensor: TensorProto | undefined): CampplusWeight | null {
  const { name = '', dims = [], dataType, rawData } = tensor ?? {};
  const length = dims.reduce<number>((product, size) => product * Number(size), 1);
  if (!rawData || length < SMALLEST) return null;
  if (dataType === elementTypes.float16) return { name, type: 'float16', bytes: rawData };
  return dataType === elementTypes.float32 ? { name, type: 'float32', bytes: rawData } : null;
}
