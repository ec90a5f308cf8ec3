/** The models in MODELS_DIR: a folder each, which is there as a whole or not at all. Any number of processes may use it at once. */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, type InstalledCheckpoint, type ModelInstall } from '@bulk-transcribe/protocol';
import type { Wait } from './download/retries.ts';
import { Hub } from './hub/hub.ts';
import type { HubSettings } from './hub/hub-settings.ts';
import { installFromFolder } from './install-from-folder.ts';
import { type InstallProgress, installFromHub } from './install-from-hub.ts';
import { findInstalled, listInstalled } from './installed-checkpoints.ts';
import { ModelFolders } from './model-folders.ts';
import { installedName, isModelName, type ModelSource } from './model-source.ts';
import { findKnown } from './registry.ts';
import { removeGraphs } from './remove-graphs.ts';

export interface ModelStoreOptions {
  /** MODELS_DIR. */
  readonly folder: string;
  readonly hub: HubSettings;
  /** Takes a folder for this process alone, until it is disposed of; null where another one has it. */
  readonly lock: (folder: string) => Disposable | null;
  /** How pauses between tries pass; a test lets none. */
  readonly wait?: Wait;
}

export interface InstallOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: InstallProgress) => void;
}

const waitForReal: Wait = (ms, signal) => delay(ms, undefined, { signal });

export class ModelStore implements AsyncDisposable {
  readonly #folders: ModelFolders;
  readonly #hub: Hub;
  readonly #lock: ModelStoreOptions['lock'];
  readonly #wait: Wait;

  constructor({ folder, hub, lock, wait = waitForReal }: ModelStoreOptions) {
    this.#folders = new ModelFolders(folder);
    this.#hub = new Hub(hub);
    this.#lock = lock;
    this.#wait = wait;
  }

  /** By name. */
  list(): Promise<InstalledCheckpoint[]> {
    return listInstalled(this.#folders);
  }

  /** Null where there is no folder of that name with a checkpoint in it. */
  find(name: string): Promise<InstalledCheckpoint | null> {
    return findInstalled(this.#folders, name);
  }

  /** Installations that were stopped in the middle, or that another process has under way; a new one goes on with what is there. */
  async unfinished(): Promise<ModelInstall[]> {
    const begun = await this.#folders.begun();
    return begun.map(({ name, bytes, since }) => {
      return { name, state: 'unfinished', doneBytes: bytes, totalBytes: null, startedAt: since.toISOString(), error: null };
    });
  }

  /** Whether anything lies there under that name: a model, or what an installation has left that did not end. */
  has(name: string): boolean {
    return isModelName(name) && (this.#folders.isInstalled(name) || this.#folders.isBegun(name));
  }

  /** For whatever a person calls a model: a folder's name goes before aliases and repositories of the registry. */
  nameOf(text: string): string {
    return this.has(text) ? text : installedName(text);
  }

  /**
   * AppError conflict where it is installed already, model_busy where another process works on it; model_unknown, model_gated,
   * model_unsupported, model_download_failed, offline, disk_full. What has arrived stays for the next try.
   */
  async install(source: ModelSource, { signal, onProgress = () => undefined }: InstallOptions): Promise<InstalledCheckpoint> {
    const { name } = source;
    using _ = this.#take(name);
    if (this.#folders.isInstalled(name)) throw new AppError('conflict', `The model ${name} is there already; remove it first.`);
    const common = { folders: this.#folders, signal, onProgress };
    try {
      if (source.kind === 'folder') await installFromFolder({ ...common, source });
      else await installFromHub({ ...common, source, known: findKnown(source.repository), hub: this.#hub, wait: this.#wait });
    } catch (cause) {
      throw cause instanceof AppError || signal.aborted ? cause : diskFailure(cause, this.#folders.root);
    }
    const installed = await this.find(name);
    if (!installed) throw new AppError('internal', `The model ${name} was installed and is not there.`);
    return installed;
  }

  /** Also what an installation that did not end has left, and the graphs built of it. AppError not_found, or model_busy where it is being installed. */
  async remove(name: string): Promise<void> {
    const there = isModelName(name) && (this.#folders.isBegun(name) || (await this.find(name)) !== null);
    if (!there) throw new AppError('not_found', `The model ${name} is not installed.`);
    using _ = this.#take(name);
    await this.#folders.forget(name);
    if (!this.#folders.isInstalled(name)) return;
    await this.#folders.remove(name);
    await removeGraphs(this.#folders.root, this.#folders.model(name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#hub.close();
  }

  #take(name: string): Disposable {
    const lock = this.#lock(this.#folders.lock(name));
    if (!lock) throw new AppError('model_busy', `The model ${name} is being installed or removed by another process.`);
    return lock;
  }
}

/** What the system says about the disk, in words that help. */
function diskFailure(cause: unknown, folder: string): AppError {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new AppError('disk_full', `The disk of ${folder} is full.`, { cause });
  const denied = code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
  return denied
    ? new AppError('invalid_request', `Nothing can be written to ${folder} (${code}); set another MODELS_DIR.`, { cause })
    : new AppError('internal', 'The model could not be installed.', { cause });
}
