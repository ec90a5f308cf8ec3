/** The two models of diarization, which ship with this package. */
import { readFile } from 'node:fs/promises';
import { AppError } from '@bulk-transcribe/protocol';
import { hashOf, speakerModelFile } from '../models.ts';
import { type Graph, openSession, type SessionPlace } from '../onnx/open-session.ts';
import type { InferenceSession } from '../onnx/runtime.ts';
import { campplusGraph } from './campplus-graph.ts';
import { readCampplusWeights } from './campplus-weights.ts';
import { cutSegmentation } from './segmentation-graphs.ts';
import { filtersOfOne, type SegmentationModel } from './window-filters.ts';

const SHA256 = {
  'segmentation.onnx': '48ea78709c9bf74a2e0e48a013239bef4e5595e3b88fc1e3f71df2d2f14b0123',
  'speaker-embedding.onnx': '434e09f1d5ad35e3980f44a809033413b72fd5afad787b7ee5376c23bdd4f0eb',
} as const;

/** For provenance. */
export const diarizationFiles = Object.entries(SHA256).map(([name, sha256]) => ({ name, sha256 }));

export interface DiarizationModels {
  readonly segmentation: SegmentationModel;
  readonly embedding: Graph;
  readonly release: () => Promise<void>;
}

/** Rejects with engine_unavailable: a file is missing or damaged, or the device cannot be used. */
export async function openDiarizationModels(place: SessionPlace, folder?: string): Promise<DiarizationModels> {
  const { filters, classes, ...scale } = cutSegmentation(await readModel('segmentation.onnx', folder));
  const embedding = campplusGraph(readCampplusWeights(await readModel('speaker-embedding.onnx', folder)));
  const sessions: InferenceSession[] = [];
  const open = async (graph: Uint8Array, arena: boolean): Promise<InferenceSession> => {
    const session = await openSession(graph, { ...place, arena });
    sessions.push(session);
    return session;
  };
  const release = async (): Promise<void> => {
    await Promise.all(sessions.map((session) => session.release()));
  };
  try {
    const segmentation = { ...scale, filters: await open(filters, true), classes: await open(classes, true) };
    return { segmentation: { ...segmentation, ofOne: await filtersOfOne(segmentation.filters) }, embedding: await open(embedding, false), release };
  } catch (cause) {
    await release();
    throw cause;
  }
}

async function readModel(name: keyof typeof SHA256, folder?: string): Promise<Uint8Array> {
  const file = speakerModelFile(name, folder);
  if ((await hashOf(file)) !== SHA256[name]) throw new AppError('engine_unavailable', `The model file ${name} is damaged.`);
  return await readFile(file);
}
