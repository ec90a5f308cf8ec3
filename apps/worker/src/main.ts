import { findKnown } from '@bulk-transcribe/models';
import { startEngine } from '@bulk-transcribe/speech';
import { engineEnvironment } from './config.ts';
import { modelFetcher } from './fetch-model.ts';
import { startLocal } from './local/start-local.ts';
import { startWorker } from './start-worker.ts';
import type { CreateEngine } from './worker-process.ts';

const createEngine: CreateEngine = (config, log) => {
  const { THREADS: threads, DEVICE: device, MODEL, MODELS_DIR: modelsDir } = config;
  const model = findKnown(MODEL)?.name ?? MODEL;
  return { engine: startEngine({ threads, device, model, modelsDir, log, env: engineEnvironment() }), fetchModel: modelFetcher(config, log) };
};

if (!(await startLocal(process.argv.slice(2), createEngine))) await startWorker(createEngine);
