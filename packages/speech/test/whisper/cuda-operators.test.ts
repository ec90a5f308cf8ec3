import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { decodeModel, type GraphProto } from '../../src/onnx/model-schema.ts';
import { readCheckpoint } from '../../src/whisper/checkpoint/checkpoint.ts';
import { chooseFormats } from '../../src/whisper/choose-formats.ts';
import { hashFiles } from '../../src/whisper/content-hash.ts';
import { cachedGraphs } from '../../src/whisper/graph-cache.ts';
import { temporaryFolder } from '../media.ts';
import { micro } from './golden.ts';

/**
 * Operators that have a CUDA kernel in opset 18 for the types we use, by docs/OperatorKernels.md of ONNX Runtime. A node without one
 * runs on the CPU, with a copy there and back at every step.
 */
const withCudaKernel = new Set(
  `Add And ArgMax Cast Concat Conv CumSum Div Equal Exp Expand Gather GatherElements Gemm Greater GreaterOrEqual Identity If LayerNormalization
   Less LessOrEqual Log Loop MatMul Max Min Mul Neg Not Or Pad Range ReduceMax ReduceSum Reshape Shape Slice Softmax Split Squeeze Sub TopK
   Transpose Unsqueeze Where FusedMatMul Gelu MatMulNBits MultiHeadAttention`.split(/\s+/),
);

function operators({ nodes = [] }: GraphProto): string[] {
  return nodes.flatMap(({ opType = '', attributes = [] }) => [opType, ...attributes.flatMap(({ graph }) => (graph ? operators(graph) : []))]);
}

describe('the graphs for CUDA', () => {
  it.each(['default', 'small'] as const)('consist of operators that run there, precision %s', async (precision) => {
    await using cache = await temporaryFolder();
    const checkpoint = readCheckpoint(micro);
    const { formats } = chooseFormats({ device: 'cuda', precision, integers: 'vnni' });
    const hashes = await hashFiles(micro, checkpoint.files, cache.path('hashes.json'));
    const files = await cachedGraphs({ checkpoint, hashes, formats, cacheFolder: cache.path('graphs') });
    for (const [name, file] of Object.entries(files)) {
      const model = decodeModel(await readFile(file));
      expect(model.opsets).toContainEqual({ domain: '', version: 18 });
      const used = operators(model.graph ?? {});
      expect(used.length, name).toBeGreaterThan(50);
      expect([...new Set(used.filter((type) => !withCudaKernel.has(type)))], name).toEqual([]);
    }
  });
});
