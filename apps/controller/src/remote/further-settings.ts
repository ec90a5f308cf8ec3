/** The workers beside the first one: those of REMOTE_WORKERS, and those that were added on the page, in force at once. */
import { EventEmitter } from 'node:events';
import { AppError, type FurtherWorker, type FurtherWorkerAddition, type FurtherWorkerChange, type FurtherWorkers } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import { type RemoteAddress, workerNameOf } from './remote-worker.ts';
import { readSaved, writeSaved } from './saved-file.ts';
import { type SavedWorker, savedWorkersFile } from './saved-workers-file.ts';
import { originOf, readWorkerToken, readWorkerUrl } from './worker-url.ts';

export interface FurtherOptions {
  readonly dataRoot: string;
  /** Those of REMOTE_WORKERS. */
  readonly env: readonly RemoteAddress[];
  readonly allowInsecure: boolean;
  readonly log: Logger;
}

export class FurtherSettings extends EventEmitter<{ change: [] }> {
  readonly #options: FurtherOptions;
  #saved: readonly SavedWorker[];
  /** A saved file that could not be read. */
  #broken: string | null;
  /** One save after another: each builds on the one before. */
  #saving: Promise<unknown> = Promise.resolve();

  private constructor(options: FurtherOptions, saved: readonly SavedWorker[], broken: string | null) {
    super();
    this.#options = options;
    this.#saved = saved;
    this.#broken = broken;
  }

  static async open(options: FurtherOptions): Promise<FurtherSettings> {
    const { saved, broken } = await readSaved(savedWorkersFile(options.dataRoot), options.log);
    return new FurtherSettings(options, saved ?? [], broken);
  }

  /** Where they are, each with the token that may go there. The environment's name comes before a saved one. */
  get addresses(): readonly RemoteAddress[] {
    const { env } = this.#options;
    const saved = this.#saved.filter(({ name }) => !env.some((worker) => worker.name === name));
    return [...env, ...saved.map((worker) => ({ name: worker.name, url: worker.url, token: tokenOf(worker) }))];
  }

  /** What may be told of them: all but the tokens. */
  get list(): FurtherWorkers {
    const env = this.#options.env.map(
      ({ name, url, token }): FurtherWorker => ({ name, url, tokenSet: token !== '', source: 'env', updatedAt: null, warning: '' }),
    );
    const saved = this.#saved.map((worker): FurtherWorker => {
      const { name, url, token, updatedAt } = worker;
      const isHidden = env.some((one) => one.name === name);
      const warning = isHidden ? `REMOTE_WORKERS names another worker ${name}, which comes before this one.` : tokenWarning(worker);
      return { name, url, tokenSet: token !== '', source: 'saved', updatedAt, warning };
    });
    const broken = this.#broken && `The saved workers could not be read. The file was kept aside as config/${this.#broken}.`;
    return { workers: [...env, ...saved], warnings: broken ? [broken] : [] };
  }

  /** Of the worker of that name. AppError not_found. */
  address(name: string): RemoteAddress {
    const found = this.addresses.find((worker) => worker.name === name);
    if (!found) throw new AppError('not_found', `There is no worker ${name}.`);
    return found;
  }

  /** AppError invalid_request names the field at fault; conflict where name or address is taken. Nothing is saved then. */
  add({ name, url: givenUrl, token: givenToken }: FurtherWorkerAddition): Promise<FurtherWorkers> {
    return this.#save(() => {
      const url = this.#readUrl(givenUrl);
      const worker = this.#made({
        name: name ?? workerNameOf(url).replaceAll('/', '-'),
        url,
        token: readWorkerToken(givenToken),
        tokenOrigin: originOf(url),
      });
      this.#assertFree(worker, this.#saved);
      return [...this.#saved, worker];
    });
  }

  /** What is left out is kept. AppErrors as when adding; not_found; conflict for one of the environment. */
  change(name: string, change: FurtherWorkerChange): Promise<FurtherWorkers> {
    return this.#save(() => {
      const before = this.#own(name);
      const url = change.url === undefined ? before.url : this.#readUrl(change.url);
      const given = change.token === undefined ? null : { token: readWorkerToken(change.token), tokenOrigin: originOf(url) };
      const worker = this.#made({ ...before, ...given, url, name: change.name ?? before.name });
      const others = this.#saved.filter((one) => one !== before);
      this.#assertFree(worker, others);
      return this.#saved.map((one) => (one === before ? worker : one));
    });
  }

  /** It finishes what it has. AppError not_found; conflict for one of the environment. */
  remove(name: string): Promise<FurtherWorkers> {
    return this.#save(() => {
      const before = this.#own(name);
      return this.#saved.filter((one) => one !== before);
    });
  }

  async #save(next: () => readonly SavedWorker[]): Promise<FurtherWorkers> {
    const { dataRoot, log } = this.#options;
    const saving = this.#saving.then(async () => {
      const saved = next();
      await writeSaved(savedWorkersFile(dataRoot), saved);
      this.#saved = saved;
      this.#broken = null;
      log.info({ workers: saved.map(({ name }) => name) }, 'the further workers were saved');
      this.emit('change');
    });
    this.#saving = saving.catch(() => undefined);
    await saving;
    return this.list;
  }

  #made(worker: Omit<SavedWorker, 'updatedAt'>): SavedWorker {
    return { ...worker, updatedAt: new Date().toISOString() };
  }

  #readUrl(given: string): string {
    const url = readWorkerUrl(given, this.#options);
    if (url === '') throw new AppError('invalid_request', 'A worker needs an address.', { field: 'url' });
    return url;
  }

  #own(name: string): SavedWorker {
    const own = this.#saved.find((worker) => worker.name === name);
    if (own) return own;
    const { url } = this.address(name);
    throw new AppError('conflict', `The worker ${name} (${url}) is set up in the environment, by REMOTE_WORKERS: change it there.`);
  }

  #assertFree({ name, url }: SavedWorker, others: readonly RemoteAddress[]): void {
    const all = [...this.#options.env, ...others];
    if (name === 'local' || all.some((worker) => worker.name === name)) {
      throw new AppError('conflict', `There is a worker named ${name} already.`, { field: 'name' });
    }
    const same = all.find((worker) => worker.url === url);
    if (same) throw new AppError('conflict', `That is the address of the worker ${same.name}.`, { field: 'url' });
  }
}

const tokenOf = ({ url, token, tokenOrigin }: SavedWorker): string => (originOf(url) === tokenOrigin ? token : '');

function tokenWarning(worker: SavedWorker): string {
  if (worker.token === '') return 'It has no token: enter it.';
  return tokenOf(worker) === '' ? `Its token was set for ${worker.tokenOrigin} and is not sent to another address: enter the token of this one.` : '';
}
