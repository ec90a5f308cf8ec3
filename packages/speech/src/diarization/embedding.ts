/** The voice print of a stretch of speech. Model: CAM++ of 3D-Speaker (packages/speech/models/ORIGIN.md). */
import type { Graph } from '../onnx/open-session.ts';
import { Tensor } from '../onnx/runtime.ts';
import { MOST_ROWS } from './campplus-graph.ts';
import { MELS } from './fbank.ts';
import { DIMENSIONS, unitLength } from './voice-print.ts';

/** Fewer rows of fbank say nothing about a voice; the model cannot take them. */
export const MIN_ROWS = 20;

/** [rows, 80], 20 to 200 of them, never padded (padding changes the print) → unit-length print [192]. The rows are changed: they lose their mean. */
export async function embed(session: Graph, rows: Float32Array): Promise<Float32Array> {
  if (rows.length > MOST_ROWS * MELS) throw new RangeError('This is more sound than one voice print takes.');
  removeMean(rows);
  const { embedding } = await session.run({ fbank: new Tensor('float32', rows, [1, rows.length / MELS, MELS]) });
  if (embedding?.dims[1] !== DIMENSIONS) throw new Error('The speaker embedding model has unexpected outputs.');
  return unitLength(embedding.data as Float32Array);
}

function removeMean(rows: Float32Array): void {
  const mean = new Float64Array(MELS);
  const count = rows.length / MELS;
  for (let index = 0; index < rows.length; index += 1) mean[index % MELS] = (mean[index % MELS] as number) + (rows[index] as number) / count;
  for (let index = 0; index < rows.length; index += 1) rows[index] = (rows[index] as number) - (mean[index % MELS] as number);
}
