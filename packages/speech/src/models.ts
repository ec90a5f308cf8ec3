/** The models that come with the product: what they can do, which files they need, where those lie. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, EMBEDDED_MODEL, type ModelInfo, type Provenance } from '@bulk-transcribe/protocol';
import { sha256Of } from './sha256-of.ts';

const require = createRequire(import.meta.url);

interface ShippedModel {
  readonly info: ModelInfo;
  /** npm package that carries the files, and the folder in it. */
  readonly package: string;
  readonly folder: string;
  readonly files: readonly string[];
}

export const shippedModels: readonly ShippedModel[] = [
  {
    info: {
      id: EMBEDDED_MODEL,
      name: 'Moonshine tiny (English)',
      languages: ['en'],
      wordTimes: true,
      prompt: false,
      translation: false,
      license: 'MIT',
      default: true,
    },
    package: '@moonshine-ai/moonshine-js',
    folder: 'dist/model/tiny/quantized',
    files: ['encoder_model.onnx', 'decoder_model_merged.onnx'],
  },
];

/** A model whose files are there. */
export interface InstalledModel {
  readonly info: ModelInfo;
  readonly files: Provenance['model']['files'];
  readonly path: (file: string) => string;
}

/** The same models; the default is the wanted one where it is there, else the embedded one. */
export function withDefault(models: readonly ModelInfo[], wanted: string = EMBEDDED_MODEL): ModelInfo[] {
  const id = models.some((model) => model.id === wanted) ? wanted : EMBEDDED_MODEL;
  return models.map((model) => ({ ...model, default: model.id === id }));
}

/** Finds and hashes the files: in a folder named after the model under `modelsDir` if there is one, else in its npm package. */
export async function locateModel(model: ShippedModel, modelsDir: string): Promise<InstalledModel> {
  const own = path.join(modelsDir, model.info.id);
  const folder = existsSync(own) ? own : path.join(packageFolder(model.package), model.folder);
  const files = await Promise.all(model.files.map(async (name) => ({ name, sha256: await hashOf(path.join(folder, name)) })));
  return { info: model.info, files, path: (file) => path.join(folder, file) };
}

/** Silero VAD v5. */
export const vadFile = (): string => path.join(packageFolder('@ricky0123/vad-web'), 'dist/silero_vad_v5.onnx');

/** The models of diarization lie in this package: `models/ORIGIN.md`. */
export const speakerModelFile = (name: string, folder = fileURLToPath(new URL('../models', import.meta.url))): string => path.join(folder, name);

/** The folder of an npm package that we take files of; its `exports` need not know them. */
function packageFolder(name: string): string {
  const found = (require.resolve.paths(name) ?? []).map((folder) => path.join(folder, name)).find((folder) => existsSync(folder));
  if (!found) throw new AppError('engine_unavailable', `The package ${name}, which carries a model, is not installed.`);
  return found;
}

/** SHA-256 of a file of a model. Rejects with engine_unavailable. */
export const hashOf = (file: string): Promise<string> =>
  sha256Of(file).catch((cause: unknown) => {
    throw new AppError('engine_unavailable', `The model file ${path.basename(file)} cannot be read.`, { cause });
  });
