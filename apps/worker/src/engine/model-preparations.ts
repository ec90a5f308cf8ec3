/** Models that somebody asked for: fetched and taken into memory in the background, one run for each at a time. Counts as work. */
import { EventEmitter, once } from 'node:events';
import { matchModel } from '@bulk-transcribe/models';
import { AppError, type ModelInfo, type ModelPreparation, toAppError, toTaskError } from '@bulk-transcribe/protocol';
import type { Engine } from '@bulk-transcribe/speech';
import type { Logger } from 'pino';
import type { Lifecycle } from '../life/lifecycle.ts';
import type { FetchModel } from './fetch-model.ts';

export interface PreparationParts {
  readonly engine: Pick<Engine, 'models' | 'loadModel'>;
  /** Left out where nothing can be fetched. */
  readonly fetchModel?: FetchModel | undefined;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
}

export class ModelPreparations extends EventEmitter<{ settled: [] }> {
  readonly #parts: PreparationParts;
  /** Those under way, and the last one of each name that failed. */
  readonly #known = new Map<string, ModelPreparation>();
  readonly #runs = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();

  constructor(parts: PreparationParts) {
    super();
    this.setMaxListeners(0);
    this.#parts = parts;
  }

  list(): ModelPreparation[] {
    return [...this.#known.values()].map((preparation) => ({ ...preparation }));
  }

  /** Begins it; where it is under way already, that one is meant. Throws where the worker takes no new work. */
  prepare(name: string): ModelPreparation {
    const known = this.#known.get(name);
    if (known && this.#runs.has(name)) return { ...known };
    this.#parts.lifecycle.assertAccepting();
    return this.#begin(name);
  }

  /**
   * For work that was let in: waits until the model that is meant is there, and prepares it where it is not; empty = the engine's default. Resolves
   * with all that are; rejects with what is in the way.
   */
  async need(name: string, signal: AbortSignal): Promise<readonly ModelInfo[]> {
    const { lifecycle, engine } = this.#parts;
    // Until then the engine's own model may be on its way, and that may be this one.
    while (lifecycle.state === 'booting') await once(lifecycle, 'change', { signal });
    const models = await engine.models();
    if (!name || idAmong(models, name) !== null) return models;
    if (!this.#runs.has(name)) this.#begin(name);
    while (this.#runs.has(name)) await once(this, 'settled', { signal });
    const error = this.#known.get(name)?.error;
    if (error) throw new AppError(error.code, error.message);
    return await engine.models();
  }

  /** Breaks off what is under way; bytes that have arrived stay for the next time. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#runs.values());
  }

  #begin(name: string): ModelPreparation {
    const preparation: ModelPreparation = { name, state: 'fetching', doneBytes: 0, totalBytes: null, error: null };
    this.#known.set(name, preparation);
    this.#runs.set(name, this.#run(preparation));
    return { ...preparation };
  }

  /** Never rejects. */
  async #run(preparation: ModelPreparation): Promise<void> {
    const { lifecycle, log } = this.#parts;
    const { name } = preparation;
    using _work = lifecycle.begin('model');
    try {
      await this.#bring(preparation);
      preparation.state = 'ready';
      this.#known.delete(name);
      log.info({ model: name }, 'the model is ready');
    } catch (cause) {
      const error = toAppError(cause);
      Object.assign(preparation, { state: 'failed', error: toTaskError(error) });
      if (!this.#closing.signal.aborted) log.warn({ err: error.cause ?? error, model: name, code: error.code }, 'the model could not be prepared');
    }
    this.#runs.delete(name);
    this.emit('settled');
  }

  async #bring(preparation: ModelPreparation): Promise<void> {
    const { engine, fetchModel, lifecycle } = this.#parts;
    const { name } = preparation;
    await fetchModel?.(name, { signal: this.#closing.signal, onProgress: (progress) => Object.assign(preparation, progress) });
    const id = idAmong(await engine.models(), name);
    if (id === null) throw new AppError('model_unknown', `The worker has no model ${name} and cannot fetch it.`);
    preparation.state = 'loading';
    // One is in memory at a time: what is at work keeps its own.
    if (lifecycle.state === 'idle') await engine.loadModel(id);
  }
}

const idAmong = (models: readonly ModelInfo[], name: string): string | null =>
  matchModel(
    name,
    models.map((model) => model.id),
  );
