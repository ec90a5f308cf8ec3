import { hubSource, ModelStore, matchModel } from '@bulk-transcribe/models';
import { defaultOptions } from '@bulk-transcribe/protocol';
import { hubSettings, tryLockDirectory } from '@bulk-transcribe/service';
import type { Logger } from 'pino';
import type { Config } from './config.ts';

interface FetchOptions {
  readonly signal: AbortSignal;
  /** Told, in words for people, how far it is. */
  readonly onProgress: (message: string) => void;
}

/** Sees to it that the model of the settings is there. Rejects with AppErrors of the hub, disk_full, model_busy, invalid_request. */
export type FetchModel = (options: FetchOptions) => Promise<void>;

const BYTES_PER_GB = 1e9;

/** What ships with the product, or lies in MODELS_DIR (a volume, an image), is there; anything else comes from the hub. What has arrived once is kept. */
export function modelFetcher(config: Config, log: Logger): FetchModel {
  const { MODEL: name, MODELS_DIR: folder } = config;
  return async ({ signal, onProgress }) => {
    if (name === defaultOptions.model) return;
    await using store = new ModelStore({ folder, hub: hubSettings(config), lock: tryLockDirectory });
    const installed = (await store.list()).map((model) => model.name);
    if (matchModel(name, installed)) return;
    const source = hubSource(name);
    log.info({ model: name, repository: source.repository }, 'fetching the model');
    onProgress(`The worker is fetching the model ${name}.`);
    await store.install(source, {
      signal,
      onProgress: ({ doneBytes, totalBytes }) => {
        if (totalBytes === null) return;
        const percent = Math.floor((100 * doneBytes) / totalBytes);
        onProgress(`The worker is fetching the model ${name}: ${percent} % of ${(totalBytes / BYTES_PER_GB).toFixed(2)} GB.`);
      },
    });
    log.info({ model: name }, 'the model is there');
    onProgress('');
  };
}
