/** Asks a worker for the models that it lacks, and remembers what it refused. */
import { type ModelPreparation, toAppError, toTaskError } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import type { WorkerLink } from '../workers/worker-link.ts';
import { isPassing } from './routing.ts';

/** A failure that another try may mend (a hub that was away) is tried again so often while tasks wait for the model, milliseconds. */
const AGAIN_MS = 5 * 60_000;
const ANSWER_MS = 10_000;

export class ModelRequests {
  readonly #link: WorkerLink;
  readonly #log: Logger;
  /** By model: what this process of the worker refused to begin. */
  readonly #refused = new Map<string, ModelPreparation>();
  /** By model: when this process was last asked, on the monotonic clock. */
  readonly #askedAt = new Map<string, number>();
  #instance: string | null = null;

  constructor(link: WorkerLink, log: Logger) {
    this.#link = link;
    this.#log = log;
  }

  /** Models on their way to the worker, and those that it cannot get. */
  get preparing(): readonly ModelPreparation[] {
    const told = this.#link.ping?.preparing ?? [];
    const refused = this.#link.instance === this.#instance ? [...this.#refused.values()] : [];
    return [...told, ...refused.filter(({ name }) => !told.some((one) => one.name === name))];
  }

  /** Never rejects. */
  async ask(models: readonly string[], signal: AbortSignal): Promise<void> {
    this.#forgetFormerProcess();
    const due = models.filter((model) => this.#isDue(model));
    for (const model of due) await this.#askFor(model, signal);
    if (due.length > 0) await this.#link.refresh();
  }

  /** Another process has another disk perhaps, and another network. */
  #forgetFormerProcess(): void {
    if (this.#link.instance === this.#instance) return;
    this.#instance = this.#link.instance;
    this.#refused.clear();
    this.#askedAt.clear();
  }

  #isDue(model: string): boolean {
    const known = this.preparing.find(({ name }) => name === model);
    if (known && known.state !== 'failed') return false;
    const askedAt = this.#askedAt.get(model);
    if (askedAt === undefined) return true;
    return (!known?.error || isPassing(known.error)) && performance.now() - askedAt >= AGAIN_MS;
  }

  async #askFor(model: string, signal: AbortSignal): Promise<void> {
    const { client, name: worker } = this.#link;
    this.#askedAt.set(model, performance.now());
    try {
      await client?.prepareModel(model, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]));
      this.#refused.delete(model);
      this.#log.info({ worker, model }, 'the worker was asked to prepare the model that tasks wait for');
    } catch (cause) {
      const error = toAppError(cause);
      // It did not hear us, or it ends: asked again as soon as it takes work.
      if (error.waits) this.#askedAt.delete(model);
      else this.#refused.set(model, { name: model, state: 'failed', doneBytes: 0, totalBytes: null, error: toTaskError(error) });
      this.#log.warn({ err: cause, worker, model }, 'the worker did not take the request for a model');
    }
  }
}
