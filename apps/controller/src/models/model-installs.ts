/** Installations in the background: one per model at a time, each with its progress; the last one that failed stays to be read. */
import type { ModelSource, ModelStore } from '@bulk-transcribe/models';
import { AppError, type ModelInstall, toAppError, toTaskError } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';

export interface ModelInstallsOptions {
  readonly store: Pick<ModelStore, 'install'>;
  readonly log: Logger;
}

type Install = { -readonly [Key in keyof ModelInstall]: ModelInstall[Key] };

export class ModelInstalls {
  readonly #store: ModelInstallsOptions['store'];
  readonly #log: Logger;
  readonly #installs = new Map<string, Install>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();

  constructor({ store, log }: ModelInstallsOptions) {
    this.#store = store;
    this.#log = log;
  }

  /** Those under way, and those that failed and were not begun again. */
  list(): ModelInstall[] {
    return [...this.#installs.values()].map((install) => ({ ...install }));
  }

  find(name: string): ModelInstall | null {
    return this.list().find((install) => install.name === name) ?? null;
  }

  /** Begins it; where it is under way already, that one is meant. */
  start(source: ModelSource): ModelInstall {
    const { name } = source;
    const running = this.find(name);
    if (running?.state === 'running') return running;
    const install: Install = { name, state: 'running', doneBytes: 0, totalBytes: null, startedAt: new Date().toISOString(), error: null };
    this.#installs.set(name, install);
    this.#running.set(
      name,
      this.#run(source, install).finally(() => this.#running.delete(name)),
    );
    return { ...install };
  }

  /** Forgets one that failed. AppError model_busy while it is under way. */
  dismiss(name: string): void {
    if (this.#running.has(name)) throw new AppError('model_busy', `The model ${name} is being installed.`);
    this.#installs.delete(name);
  }

  /** Breaks off what is under way; what has arrived stays for the next time. */
  async close(): Promise<void> {
    this.#closing.abort(new AppError('shutting_down', 'Bulk Transcribe is stopping.'));
    await Promise.all(this.#running.values());
  }

  async #run(source: ModelSource, install: Install): Promise<void> {
    const { name } = source;
    const signal = this.#closing.signal;
    try {
      const { commit } = await this.#store.install(source, { signal, onProgress: (progress) => Object.assign(install, progress) });
      this.#installs.delete(name);
      this.#log.info({ model: name, commit }, 'model installed');
    } catch (cause) {
      const error = toAppError(cause);
      Object.assign(install, { state: 'failed', error: toTaskError(error) });
      if (!signal.aborted) this.#log.warn({ model: name, code: error.code, err: error.cause ?? error }, `model not installed: ${error.message}`);
    }
  }
}
