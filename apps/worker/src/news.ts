/**
 * What whoever watches this worker should know at once: it begins to end, a model has come or failed. It waits for that by a ping,
 * so the worker tells without ever calling anybody.
 */
import { EventEmitter } from 'node:events';
import type { FastifyReply } from 'fastify';
import type { ModelPreparations } from './engine/model-preparations.ts';
import type { Lifecycle } from './life/lifecycle.ts';

export class News {
  readonly #told = new EventEmitter<{ news: [] }>().setMaxListeners(0);
  #count = 0;

  constructor({ lifecycle, preparations }: { readonly lifecycle: Lifecycle; readonly preparations: ModelPreparations }) {
    lifecycle.on('change', ({ reason }) => reason !== null && this.#tell());
    preparations.on('settled', () => this.#tell());
  }

  get count(): number {
    return this.#count;
  }

  /** Resolves with the next one, after `waitMs`, or when nobody waits for the answer any more. */
  async next(waitMs: number, { raw }: FastifyReply): Promise<void> {
    if (waitMs === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs);
    this.#told.once('news', resolve);
    raw.once('close', resolve);
    await promise;
    clearTimeout(timer);
    this.#told.off('news', resolve);
    raw.off('close', resolve);
  }

  #tell(): void {
    this.#count += 1;
    this.#told.emit('news');
  }
}
