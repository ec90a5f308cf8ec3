import { startEngine } from '@bulk-transcribe/speech';
import { engineEnvironment } from './config.ts';
import { modelFetcher } from './fetch-model.ts';
import { startWorker } from './start-worker.ts';

await startWorker((config, log) => ({
  engine: startEngine({ threads: config.THREADS, modelsDir: config.MODELS_DIR, log, env: engineEnvironment() }),
  fetchModel: modelFetcher(config, log),
}));
