/** The two models of diarization, which ship with this package. */
import { AppError } from '@bulk-transcribe/protocol';
import { hashOf, speakerModelFile } from '../models.ts';
import { openSession, type SessionPlace } from '../onnx/open-session.ts';
import type { InferenceSession } from '../onnx/runtime.ts';

const SHA256 = {
  'segmentation.onnx': '48ea78709c9bf74a2e0e48a013239bef4e5595e3b88fc1e3f71df2d2f14b0123',
  'speaker-embedding.onnx': '434e09f1d5ad35e3980f44a809033413b72fd5afad787b7ee5376c23bdd4f0eb',
} as const;

export interface DiarizationModels {
  readonly segmentation: InferenceSession;
  readonly embedding: InferenceSession;
}

/** Rejects with engine_unavailable: a file is missing or damaged, or the device cannot be used. */
export async function openDiarizationModels(place: SessionPlace, folder?: string): Promise<DiarizationModels> {
  const segmentation = await openModel('segmentation.onnx', { ...place, arena: true }, folder);
  const embedding = await openModel('speaker-embedding.onnx', place, folder);
  return { segmentation, embedding };
}

async function openModel(name: keyof typeof SHA256, place: SessionPlace, folder?: string): Promise<InferenceSession> {
  const file = speakerModelFile(name, folder);
  if ((await hashOf(file)) !== SHA256[name]) throw new AppError('engine_unavailable', `The model file ${name} is damaged.`);
  return await openSession(file, place);
}
