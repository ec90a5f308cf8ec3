/** The remote worker's configuration: read at start, changed by its owner, in force at once. */
import { EventEmitter } from 'node:events';
import { type RemoteMode, type RemoteWorkerChange, type RemoteWorkerConfig, toAppError } from '@bulk-transcribe/protocol';
import { SettingsError } from '@bulk-transcribe/service';
import type { Logger } from 'pino';
import { describeConfig, modeInForce, type RemoteEnvironment, type RemoteSources, tokenFor, urlInForce } from './remote-in-force.ts';
import { readSaved, writeSaved } from './saved-file.ts';
import { type SavedRemote, savedRemoteFile } from './saved-remote-file.ts';
import { originOf, readWorkerToken, readWorkerUrl } from './worker-url.ts';

export interface RemoteSettingsOptions {
  readonly dataRoot: string;
  readonly env: RemoteEnvironment;
  readonly allowInsecure: boolean;
  readonly log: Logger;
}

export class RemoteSettings extends EventEmitter<{ change: [] }> {
  readonly #options: RemoteSettingsOptions;
  #sources: RemoteSources;
  /** One save after another: each builds on the one before. */
  #saving: Promise<unknown> = Promise.resolve();

  private constructor(options: RemoteSettingsOptions, sources: RemoteSources) {
    super();
    this.#options = options;
    this.#sources = sources;
  }

  /** Throws SettingsError where the environment's address is none to connect to. */
  static async open(options: RemoteSettingsOptions): Promise<RemoteSettings> {
    const { dataRoot, env, allowInsecure, log } = options;
    const { saved, broken } = await readSaved(savedRemoteFile(dataRoot), log);
    return new RemoteSettings(options, { env: { ...env, url: readEnvUrl(env.url, allowInsecure) }, saved: saved ?? {}, broken });
  }

  get config(): RemoteWorkerConfig {
    return describeConfig(this.#sources);
  }

  get mode(): RemoteMode {
    return modeInForce(this.#sources);
  }

  get url(): string {
    return urlInForce(this.#sources);
  }

  /** The token that goes to this address; empty where none may. */
  tokenFor(url: string): string {
    return tokenFor(originOf(url), this.#sources);
  }

  /** What is left out is kept. AppError invalid_request names the field at fault, and nothing is saved. */
  async save(change: RemoteWorkerChange): Promise<RemoteWorkerConfig> {
    const saving = this.#saving.then(() => this.#save(change));
    this.#saving = saving.catch(() => undefined);
    await saving;
    return this.config;
  }

  async #save(change: RemoteWorkerChange): Promise<void> {
    const saved = this.#changed(change);
    await writeSaved(savedRemoteFile(this.#options.dataRoot), saved);
    this.#sources = { env: this.#sources.env, saved, broken: null };
    const { mode, configSource } = this.config;
    this.#options.log.info({ mode, configSource, url: this.url }, 'the configuration of the remote worker was saved');
    this.emit('change');
  }

  #changed(change: RemoteWorkerChange): SavedRemote {
    const before = this.#sources.saved;
    const url = change.url === undefined ? before.url : readWorkerUrl(change.url, this.#options);
    const token = change.token === undefined ? before.token : readWorkerToken(change.token);
    const mode = change.mode ?? before.mode;
    // A token that came alone belongs to the address in force; one that came before any address, to the first.
    const setFor = originOf((change.url === undefined ? this.url : url) ?? '');
    const tokenOrigin = change.token === undefined && before.tokenOrigin ? before.tokenOrigin : setFor;
    return {
      ...(url && { url }),
      ...(token && { token, tokenOrigin }),
      ...(mode && { mode }),
      updatedAt: new Date().toISOString(),
    };
  }
}

function readEnvUrl(url: string, allowInsecure: boolean): string {
  try {
    return readWorkerUrl(url, { allowInsecure });
  } catch (cause) {
    throw new SettingsError(`REMOTE_WORKER_URL is ${JSON.stringify(url)}. ${toAppError(cause).message}`);
  }
}
