/**
 * The weights of Moonshine's decoder, as the file that its makers publish holds them: an export by PyTorch, dynamically
 * quantized by ONNX Runtime. Matrices are known by the names of their nodes, vectors by those of the parameters.
 */
import { AppError } from '@bulk-transcribe/protocol';
import { decodeModel, type GraphProto, type NodeProto, type TensorProto } from '../onnx/model-schema.ts';
import { VOCABULARY, WIDTH } from './constants.ts';

/** (code - zero) × scale: one scale for all. */
export interface ByteMatrix {
  readonly codes: Uint8Array;
  readonly scale: number;
  readonly zero: number;
}

/** As a linear layer multiplies with it: [inputs, outputs]. */
export interface LinearMatrix extends ByteMatrix {
  readonly inputs: number;
  readonly outputs: number;
}

export interface DecoderWeights {
  /** [V, D]: table of the tokens, and the head. */
  readonly embedding: ByteMatrix;
  /** By the path of its layer, as "layers.0/self_attn/q_proj". */
  readonly matrix: (name: string) => LinearMatrix;
  /** By the name of the parameter, as "layers.0.input_layernorm.weight". */
  readonly vector: (name: string) => Float32Array;
  /** [rotary / 2]: radians per position. */
  readonly turns: Float32Array;
}

const EMBEDDING = 'model.decoder.embed_tokens.weight_merged_0';

/** Throws engine_unavailable where the bytes are not such a file. */
export function readDecoderWeights(bytes: Uint8Array): DecoderWeights {
  try {
    return weightsOf(decodeModel(bytes).graph ?? {});
  } catch (cause) {
    throw new AppError('engine_unavailable', 'The decoder of Moonshine is damaged, or built differently from the one that comes with the product.', {
      cause,
    });
  }
}

function weightsOf(graph: GraphProto): DecoderWeights {
  const tensors = new Map((graph.initializers ?? []).map((tensor) => [tensor.name ?? '', tensor]));
  // Both branches of the If have the same layers; that of the first step also computes keys and values of the encoder's output.
  const first = graph.nodes?.[0]?.attributes?.find(({ name }) => name === 'else_branch')?.graph?.nodes ?? [];
  const nodes = new Map(first.map((node) => [node.name ?? '', node]));
  const tensor = (name: string | undefined) => found(tensors.get(name ?? ''), name);
  return {
    embedding: {
      codes: raw(tensor(`${EMBEDDING}_quantized`), VOCABULARY * WIDTH),
      scale: float(tensor(`${EMBEDDING}_scale`)),
      zero: integer(tensor(`${EMBEDDING}_zero_point`)),
    },
    matrix: (name) => {
      const path = `/model/decoder/${name}/MatMul_quant`;
      const [codes, zero] = [inputOf(nodes.get(path), path, 1), inputOf(nodes.get(path), path, 3)];
      const scale = inputOf(nodes.get(`${path}_scales_mul`), path, 1);
      const [inputs = 0, outputs = 0] = (tensor(codes).dims ?? []).map(Number);
      return { codes: raw(tensor(codes), inputs * outputs), scale: float(tensor(scale)), zero: integer(tensor(zero)), inputs, outputs };
    },
    vector: (name) => floats(tensor(`model.decoder.${name}_merged_0`)),
    turns: floats(tensor('/model/decoder/rotary_emb/Cast_1_output_0')),
  };
}

const inputOf = (node: NodeProto | undefined, path: string, index: number): string => found(found(node, path).inputs?.[index], path);

function found<T>(value: T | undefined, name = 'a tensor'): T {
  if (value === undefined) throw new RangeError(`${name} is missing`);
  return value;
}

function raw({ rawData, name }: TensorProto, length: number): Uint8Array {
  if (rawData?.length !== length || length === 0) throw new RangeError(`${name} has ${rawData?.length} bytes instead of ${length}`);
  return rawData;
}

/** Raw bytes lie anywhere in the file, so that they are copied to where floats may lie. */
const floats = ({ rawData, floats: list, name }: TensorProto): Float32Array =>
  rawData ? new Float32Array(Uint8Array.from(rawData).buffer) : Float32Array.from(found(list, name));

const float = (tensor: TensorProto): number => found(floats(tensor)[0], tensor.name);

const integer = ({ rawData, int32s, name }: TensorProto): number => Number(found(rawData?.[0] ?? int32s?.[0], name));
