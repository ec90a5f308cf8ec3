import { matchModel, usualModel } from '@bulk-transcribe/models';
import { startEngine } from '@bulk-transcribe/speech';
import { engineEnvironment } from './config.ts';
import { modelFetcher } from './engine/fetch-model.ts';
import { startLocal } from './local/start-local.ts';
import { startWorker } from './start-worker.ts';
import type { CreateEngine } from './worker-process.ts';

const createEngine: CreateEngine = (config, log) => {
  const { THREADS: threads, DEVICE: device, SLOTS: slots, MODEL, MODELS_DIR: modelsDir } = config;
  const models = { modelsDir, chooseModel: (ids: readonly string[]) => matchModel(MODEL, ids), usualModel: () => usualModel(modelsDir) };
  return { engine: startEngine({ threads, device, slots, ...models, log, env: engineEnvironment() }), fetchModel: modelFetcher(config, log) };
};

if (!(await startLocal(process.argv.slice(2), createEngine))) await startWorker(createEngine);
