/**
 * The controller's view of one worker: is it up, what can it do, how do I reach it now. Asked by ping at short intervals
 * while it does not take work, at longer ones while it does, and at once when something about it changed.
 */
import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, type Ping, type TaskWorker, toAppError } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import { WorkerClient } from './worker-client.ts';
import type { WorkerSource } from './worker-source.ts';

const PING_MS = 5_000;
const PING_UNTIL_READY_MS = 250;
/** Longest a single ping may take. */
const PING_LIMIT_MS = 10_000;
/** A worker that lives but has not answered for so long hangs. */
const SILENCE_LIMIT_MS = 30_000;

export interface Patience {
  readonly pingLimitMs?: number;
  readonly silenceLimitMs?: number;
}

export class WorkerLink extends EventEmitter<{ change: [] }> {
  readonly #source: WorkerSource;
  readonly #log: Logger;
  readonly #closing = new AbortController();
  readonly #watching: Promise<void>;
  readonly #patience: Required<Patience>;
  /** Since when it has not answered, on the monotonic clock; null while it does. */
  #silentSince: number | null = null;
  #client: WorkerClient | null = null;
  #ping: Ping | null = null;
  #message = '';

  constructor(source: WorkerSource, log: Logger, { pingLimitMs = PING_LIMIT_MS, silenceLimitMs = SILENCE_LIMIT_MS }: Patience = {}) {
    super();
    this.setMaxListeners(0);
    this.#source = source;
    this.#patience = { pingLimitMs, silenceLimitMs };
    this.#log = log;
    source.on('change', () => this.#connect());
    this.#connect();
    this.#watching = this.#watch();
  }

  get name(): string {
    return this.#source.name;
  }

  /** The last ping, null while the worker does not take work. */
  get ping(): Ping | null {
    return this.#ping?.accepting ? this.#ping : null;
  }

  /** Which process answers; null until one has. Another value: the worker was started anew. */
  get instance(): string | null {
    return this.#ping?.instance ?? null;
  }

  get worker(): TaskWorker | null {
    const { ping } = this;
    return ping && { name: this.name, device: ping.provider };
  }

  /** Why it takes no work, for people; empty when it does. */
  get message(): string {
    return this.ping ? '' : this.#source.message || this.#message;
  }

  /** A client, whatever the worker's state; null while there is none to talk to. */
  get client(): WorkerClient | null {
    return this.#client;
  }

  /** The worker has just been asked and takes work. Waits until that is so; rejects with the signal's reason. */
  async ready(signal: AbortSignal): Promise<WorkerClient> {
    await this.#check();
    while (!(this.#client && this.ping)) await once(this, 'change', { signal });
    signal.throwIfAborted();
    return this.#client;
  }

  async close(): Promise<void> {
    this.#closing.abort(new AppError('shutting_down', 'The controller is stopping.'));
    await this.#watching;
    await this.#client?.close();
    await this.#source.close();
  }

  /** Another endpoint, another client; calls on the former one break off. */
  #connect(): void {
    const { endpoint } = this.#source;
    const former = this.#client;
    this.#client = endpoint && new WorkerClient(endpoint);
    this.#silentSince = null;
    this.#note(null, '');
    void former?.close();
    if (endpoint) void this.#check();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      await delay(this.ping ? PING_MS : PING_UNTIL_READY_MS, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.#check();
    }
  }

  async #check(): Promise<void> {
    const client = this.#client;
    if (!client) return;
    try {
      const ping = await client.ping(AbortSignal.any([this.#closing.signal, AbortSignal.timeout(this.#patience.pingLimitMs)]));
      this.#silentSince = null;
      if (client === this.#client) this.#note(ping, ping.accepting ? '' : 'The speech engine is starting.');
    } catch (cause) {
      if (client !== this.#client || this.#closing.signal.aborted) return;
      this.#note(null, `The worker ${this.name} is not reachable: ${toAppError(cause).message}`);
      this.#noteSilence();
    }
  }

  #noteSilence(): void {
    this.#silentSince ??= performance.now();
    if (performance.now() - this.#silentSince < this.#patience.silenceLimitMs) return;
    this.#log.warn({ worker: this.name }, 'the worker lives but does not answer');
    this.#silentSince = null;
    this.#source.restart();
  }

  #note(ping: Ping | null, message: string): void {
    const before = { ready: this.ping !== null, message: this.#message };
    this.#ping = ping;
    this.#message = message;
    const ready = this.ping !== null;
    if (ready !== before.ready) this.#log.info({ worker: this.name, device: ping?.provider }, ready ? 'worker takes work' : 'worker takes no work');
    if (ready !== before.ready || message !== before.message) this.emit('change');
  }
}
