/** A whole worker process with the scripted engine; settings and messages are those of the real one. */
import { startWorker } from '../src/start-worker.ts';
import { createFakeEngine } from './fake-engine.ts';

await startWorker(({ SLOTS }) => ({ engine: createFakeEngine({ slots: SLOTS || 1 }) }));
