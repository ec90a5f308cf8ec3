import { startEngine } from '@bulk-transcribe/speech';
import { engineEnvironment } from './config.ts';
import { startWorker } from './start-worker.ts';

await startWorker((config, log) => startEngine({ threads: config.THREADS, modelsDir: config.MODELS_DIR, log, env: engineEnvironment() }));
