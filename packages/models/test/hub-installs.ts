/** Installations from a hub of the test's own into a folder of its own: both are new for each test. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AppError, ErrorCode } from '@bulk-transcribe/protocol';
import { tryLockDirectory } from '@bulk-transcribe/service';
import { type HubSettings, hubSource, ModelStore } from '../src/index.ts';
import { type Asked, type Fault, TestHub } from './test-hub.ts';
import { checkpoint } from './tiny-checkpoint.ts';

/** The model of `tiny-checkpoint.ts`, at the hub and on the disk. */
export const MODEL = 'somebody/whisper-of-mine';
export const NAME = 'somebody--whisper-of-mine';
export const WEIGHTS = 'model.safetensors';
export const noProxies = { http: '', https: '', except: '' };
export const never = new AbortController().signal;

export class HubInstalls {
  readonly hub: TestHub;
  readonly folder = mkdtempSync(path.join(tmpdir(), 'bt-models-'));
  /** Pauses that were asked for; none is made. */
  readonly pauses: number[] = [];
  readonly #stores: ModelStore[] = [];

  private constructor(hub: TestHub) {
    this.hub = hub;
    hub.repositories.set(MODEL, checkpoint());
  }

  static async begin(): Promise<HubInstalls> {
    return new HubInstalls(await TestHub.start());
  }

  open(settings: Partial<HubSettings> = {}, wait = this.#noPause): ModelStore {
    const hub = { endpoint: this.hub.url, token: '', offline: false, proxies: noProxies, ...settings };
    const store = new ModelStore({ folder: this.folder, hub, lock: tryLockDirectory, wait });
    this.#stores.push(store);
    return store;
  }

  async install(store = this.open(), text = MODEL): ReturnType<ModelStore['install']> {
    return await store.install(hubSource(text), { signal: never });
  }

  /** The fault comes so many times at that door and file, then all is well. */
  failTimes(count: number, door: Asked['door'], file: string, fault: Fault): void {
    let left = count;
    this.hub.fault = (asked) => {
      if (asked.door !== door || asked.file !== file || left === 0) return null;
      left -= 1;
      return fault;
    };
  }

  get weights(): Buffer {
    return readFileSync(path.join(this.folder, NAME, WEIGHTS));
  }

  /** Of the model itself, without the record of its installation. */
  get files(): string[] {
    return readdirSync(path.join(this.folder, NAME)).filter((name) => name !== 'bulk-transcribe.json');
  }

  async close(): Promise<void> {
    for (const store of this.#stores) await store[Symbol.asyncDispose]();
    await this.hub[Symbol.asyncDispose]();
  }

  readonly #noPause = async (ms: number, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    this.pauses.push(ms);
  };
}

/** The error that an attempt ends with. */
export const failure = async (attempt: Promise<unknown>): Promise<AppError> => {
  const cause = await attempt.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  return cause as AppError;
};

export const codeOf = async (attempt: Promise<unknown>): Promise<ErrorCode> => (await failure(attempt)).code;
