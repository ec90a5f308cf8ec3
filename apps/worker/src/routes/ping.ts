import { statfs } from 'node:fs/promises';
import { type Identity, Ping, PingQuery } from '@bulk-transcribe/protocol';
import type { Engine } from '@bulk-transcribe/speech';
import type { ModelPreparations } from '../engine/model-preparations.ts';
import type { Lifecycle } from '../life/lifecycle.ts';
import { News } from '../news.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { errorResponses, type WorkerApp } from './route-schemas.ts';

export interface PingParts {
  readonly identity: Identity;
  readonly instance: string;
  readonly dataRoot: string;
  readonly lifecycle: Lifecycle;
  readonly store: TaskStore;
  readonly engine: Pick<Engine, 'models' | 'info' | 'slots'>;
  readonly preparations: ModelPreparations;
  /** The GPU that is paid for; null where none is. */
  readonly paidGpu: string | null;
}

/** What this worker is and what it really computes with. Until the engine is loaded: provider "none", no models. */
export function addPingRoute(app: WorkerApp, parts: PingParts): void {
  const { identity, instance, dataRoot, lifecycle, store, preparations, paidGpu } = parts;
  const news = new News(parts);
  app.get('/ping', { schema: { querystring: PingQuery, response: { 200: Ping, ...errorResponses } } }, async (request, reply) => {
    const { waitMs = 0, news: known = news.count } = request.query;
    if (known === news.count) await news.next(waitMs, reply);
    const { state, accepting } = lifecycle;
    const slots = parts.engine.slots();
    // Until it is loaded there is none; later it may have fallen back.
    const engine = lifecycle.engine && (parts.engine.info() ?? lifecycle.engine);
    return {
      identity,
      instance,
      news: news.count,
      state,
      accepting,
      gpu: engine?.device === 'cuda',
      gpuName: engine?.device === 'cuda' ? engine.deviceName : paidGpu,
      provider: engine?.device ?? 'none',
      threads: engine?.threads ?? 1,
      models: engine ? [...(await parts.engine.models())] : [],
      preparing: preparations.list(),
      diarization: engine?.diarization ?? false,
      slots: { total: slots, free: Math.max(0, slots - store.backlog.work) },
      disk: await readDisk(dataRoot),
      lifecycle: lifecycle.report,
    };
  });
}

async function readDisk(folder: string): Promise<{ freeBytes: number; totalBytes: number }> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
