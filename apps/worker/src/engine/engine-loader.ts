import { setTimeout as delay } from 'node:timers/promises';
import { matchModel } from '@bulk-transcribe/models';
import { AppError } from '@bulk-transcribe/protocol';
import type { Engine, EngineInfo } from '@bulk-transcribe/speech';
import type { Logger } from 'pino';
import type { Lifecycle } from '../life/lifecycle.ts';
import { describeFetch, type FetchModel } from './fetch-model.ts';

/** Wait before the second try; doubled after each further one: 5, 10, 20, … 300 s. */
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 300_000;

/**
 * Loads the engine, and its model first where that is not there yet; keeps trying while that fails, because a worker that ends (or restarts) on its own helps no one:
 * `/health` says why it takes no work, and a model that is mended in the meantime is picked up. Ends when `signal` aborts.
 */
export async function loadEngine(options: {
  engine: Engine;
  /** The model that must be there; empty = any will do. */
  model: string;
  lifecycle: Lifecycle;
  log: Logger;
  signal: AbortSignal;
  fetchModel?: FetchModel | undefined;
  firstRetryMs?: number;
}): Promise<void> {
  const { engine, model, lifecycle, log, signal, fetchModel } = options;
  let retryMs = options.firstRetryMs ?? FIRST_RETRY_MS;
  while (!signal.aborted) {
    try {
      await fetchModel?.(model, { signal, onProgress: (progress) => lifecycle.engineLoading(describeFetch(model, progress)) });
      lifecycle.engineLoading('');
      const info = await engine.prepare();
      if (signal.aborted) return;
      assertModel(info, model);
      for (const { from, to, reason } of info.fallbacks) log.warn({ from, to, reason }, 'the engine cannot use what it was to use');
      log.info({ device: info.device, gpu: info.deviceName, threads: info.threads, models: info.models.map(({ id }) => id) }, 'the engine is loaded');
      return lifecycle.engineLoaded(info);
    } catch (err) {
      if (signal.aborted) return;
      log.error({ err, retryMs }, 'the engine could not be loaded');
      lifecycle.engineFailed(err instanceof Error ? err.message : String(err));
    }
    await delay(retryMs, undefined, { signal }).catch(() => undefined);
    retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
  }
}

function assertModel({ models }: EngineInfo, model: string): void {
  const ids = models.map(({ id }) => id);
  if (!model || matchModel(model, ids)) return;
  throw new AppError('engine_unavailable', `MODEL is “${model}”, but the engine only has: ${ids.join(', ')}.`);
}
