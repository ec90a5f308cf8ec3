/** A worker that somebody else has started, at a fixed address: a pod, or any other machine. */
import { EventEmitter } from 'node:events';
import type { Endpoint } from '../workers/worker-client.ts';
import type { WorkerSource } from '../workers/worker-source.ts';
import { diagnose } from './diagnose.ts';
import { MissingSince } from './missing-since.ts';

export interface RemoteAddress {
  readonly name: string;
  readonly url: string;
  /** Empty where there is none for this address: then nothing is sent there. */
  readonly token: string;
}

export class RemoteWorker extends EventEmitter<{ change: [] }> implements WorkerSource {
  readonly remote = true;
  readonly name: string;
  readonly url: string;
  readonly #missing = new MissingSince();
  #token: string;

  constructor({ name, url, token }: RemoteAddress) {
    super();
    this.name = name;
    this.url = url;
    this.#token = token;
  }

  get endpoint(): Endpoint | null {
    return this.#token === '' ? null : { url: this.url, token: this.#token };
  }

  get message(): string {
    return this.#token === '' ? `There is no token for ${new URL(this.url).origin}. Enter it on the page /admin.` : '';
  }

  /** Another token for the same address. */
  set token(token: string) {
    if (token === this.#token) return;
    this.#token = token;
    this.emit('change');
  }

  explain(cause: unknown): string {
    const { message, hint } = diagnose(cause, { url: this.url, missingForMs: this.#missing.note(this.url, cause) });
    return `${message} ${hint}`;
  }

  /** Not ours to start. */
  restart(): void {
    // Its owner starts and ends it; the next answer counts.
  }

  async close(): Promise<void> {
    this.removeAllListeners();
  }
}

/** https://POD-8477.proxy.runpod.net is the pod; any other address is its host, port and path. */
export function workerNameOf(url: string): string {
  const { hostname, host, pathname } = new URL(url);
  return /^([a-z0-9]+)-8477\.proxy\.runpod\.net$/.exec(hostname)?.[1] ?? host + pathname.replace(/\/+$/, '');
}
