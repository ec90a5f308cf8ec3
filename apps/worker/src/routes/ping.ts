import { statfs } from 'node:fs/promises';
import { type Identity, Ping } from '@bulk-transcribe/protocol';
import type { Engine } from '@bulk-transcribe/speech';
import type { Lifecycle } from '../life/lifecycle.ts';
import { SLOTS } from '../task-runner.ts';
import type { TaskStore } from '../task-store.ts';
import { errorResponses, type WorkerApp } from './route-schemas.ts';

export interface PingParts {
  readonly identity: Identity;
  readonly instance: string;
  readonly dataRoot: string;
  readonly lifecycle: Lifecycle;
  readonly store: TaskStore;
  readonly models: Engine['models'];
  /** The GPU that is paid for; null where none is. */
  readonly paidGpu: string | null;
}

/** What this worker is and what it really computes with. Until the engine is loaded: provider "none", no models. */
export function addPingRoute(app: WorkerApp, { identity, instance, dataRoot, lifecycle, store, models, paidGpu }: PingParts): void {
  app.get('/ping', { schema: { response: { 200: Ping, ...errorResponses } } }, async () => {
    const { state, accepting, engine } = lifecycle;
    return {
      identity,
      instance,
      state,
      accepting,
      gpu: engine?.device === 'cuda',
      gpuName: engine?.device === 'cuda' ? engine.deviceName : paidGpu,
      provider: engine?.device ?? 'none',
      threads: engine?.threads ?? 1,
      models: engine ? [...(await models())] : [],
      diarization: engine?.diarization ?? false,
      slots: { total: SLOTS, free: Math.max(0, SLOTS - store.backlog.work) },
      disk: await readDisk(dataRoot),
      lifecycle: lifecycle.report,
    };
  });
}

async function readDisk(folder: string): Promise<{ freeBytes: number; totalBytes: number }> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
