/** A graph made for one test, opened. */
import { writeFile } from 'node:fs/promises';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { InferenceSession } from '../../src/onnx/runtime.ts';
import { WeightFile } from '../../src/onnx/weight-file.ts';
import { temporaryFolder } from '../media.ts';

export async function buildAndOpen(build: (g: GraphBuilder) => void): Promise<InferenceSession> {
  return openBytes((file) => {
    const g = new GraphBuilder('test', file);
    build(g);
    return g.model();
  });
}

/** For functions that write a whole model. */
export async function openBytes(write: (file: WeightFile) => Uint8Array): Promise<InferenceSession> {
  await using folder = await temporaryFolder();
  let bytes: Uint8Array;
  {
    using file = new WeightFile(folder.path('test.weights'));
    bytes = write(file);
  }
  await writeFile(folder.path('test.onnx'), bytes);
  return InferenceSession.create(folder.path('test.onnx'), { intraOpNumThreads: 1, logSeverityLevel: 3 });
}
