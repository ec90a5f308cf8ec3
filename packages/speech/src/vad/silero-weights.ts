/** The weights of Silero VAD v5, as the file that its makers publish holds them: constants in the branch for 16 kHz. */
import { AppError } from '@bulk-transcribe/protocol';
import { decodeModel, type NodeProto } from '../onnx/model-schema.ts';

/** By the name of the parameter, as "encoder.0.reparam_conv.weight". */
export type SileroWeights = (name: string) => Float32Array;

const PREFIX = 'If_0_then_branch__Inline_0__';

/** Throws engine_unavailable where the bytes are not such a file. */
export function readSileroWeights(bytes: Uint8Array): SileroWeights {
  try {
    const branches = decodeModel(bytes).graph?.nodes?.find(({ opType }) => opType === 'If')?.attributes;
    const nodes = branches?.find(({ name }) => name === 'then_branch')?.graph?.nodes ?? [];
    const constants = new Map(nodes.filter(({ opType }) => opType === 'Constant').map((node) => [node.outputs?.[0], node]));
    return (name) => floatsOf(constants.get(`${PREFIX}${name}`), name);
  } catch (cause) {
    throw damaged(cause);
  }
}

function floatsOf(node: NodeProto | undefined, name: string): Float32Array {
  const raw = node?.attributes?.[0]?.tensor?.rawData;
  if (!raw) throw damaged(new RangeError(`${name} is missing`));
  // Raw bytes lie anywhere in the file, so that they are copied to where floats may lie.
  return new Float32Array(Uint8Array.from(raw).buffer);
}

const damaged = (cause: unknown): AppError =>
  new AppError('engine_unavailable', 'The model that finds speech is damaged, or built differently from the one that comes with the product.', {
    cause,
  });
