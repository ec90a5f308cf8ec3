import { hubSource, ModelStore, matchModel } from '@bulk-transcribe/models';
import { EMBEDDED_MODEL, type ModelPreparation } from '@bulk-transcribe/protocol';
import { hubSettings, tryLockDirectory } from '@bulk-transcribe/service';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';

export type FetchProgress = Pick<ModelPreparation, 'doneBytes' | 'totalBytes'>;

interface FetchOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: FetchProgress) => void;
}

/** Sees to it that a model is there; an empty name wants none. Rejects with AppErrors of the hub, disk_full, model_busy, model_unknown. */
export type FetchModel = (name: string, options: FetchOptions) => Promise<void>;

/** What ships with the product, or lies in MODELS_DIR (a volume, an image), is there; anything else comes from the hub. What has arrived once is kept. */
export function modelFetcher(config: Config, log: Logger): FetchModel {
  const hub = hubSettings(config);
  return async (name, { signal, onProgress }) => {
    if (name === '' || name === EMBEDDED_MODEL) return;
    await using store = new ModelStore({ folder: config.MODELS_DIR, hub, lock: tryLockDirectory });
    const installed = (await store.list()).map((model) => model.name);
    if (matchModel(name, installed)) return;
    const source = hubSource(name);
    log.info({ model: name, repository: source.repository }, 'fetching the model');
    onProgress({ doneBytes: 0, totalBytes: null });
    await store.install(source, { signal, onProgress });
    log.info({ model: name }, 'the model is there');
  };
}

const BYTES_PER_GB = 1e9;

/** "The worker is fetching the model large-v3: 34 % of 1.62 GB." */
export function describeFetch(name: string, { doneBytes, totalBytes }: FetchProgress): string {
  if (totalBytes === null) return `The worker is fetching the model ${name}.`;
  const percent = totalBytes === 0 ? 100 : Math.floor((100 * doneBytes) / totalBytes);
  return `The worker is fetching the model ${name}: ${percent} % of ${(totalBytes / BYTES_PER_GB).toFixed(2)} GB.`;
}
