/**
 * The controller's view of one worker: is it up, what can it do, how do I reach it now. Asked by ping at short intervals
 * while it does not take work or prepares a model; otherwise by a ping that waits for news, so that its end is known at once.
 */
import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, type ModelInfo, type Ping, type TaskWorker, type WorkerState } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import { type Alarm, alarmOf } from './alarms.ts';
import type { NetworkRules } from './guarded-lookup.ts';
import { WorkerClient } from './worker-client.ts';
import type { WorkerSource } from './worker-source.ts';

const PING_MS = 5_000;
const PING_UNTIL_READY_MS = 250;
/** One on another machine is not worth a question every quarter of a second. */
const PING_REMOTE_MS = 3_000;
/** People watch the progress of a model that is being prepared. */
const PING_PREPARING_MS = 1_000;
/** Longest a single ping may take. */
const PING_LIMIT_MS = 10_000;
/** A worker that lives but has not answered for so long hangs. */
const SILENCE_LIMIT_MS = 30_000;

const whyNotAccepting: Readonly<Record<WorkerState, string>> = {
  booting: 'The speech engine is starting.',
  idle: 'The worker takes no new work.',
  busy: 'The worker takes no new work.',
  draining: 'The worker finishes what it has and takes nothing new; then it ends.',
  terminating: 'The worker is ending.',
  terminated: 'The worker has ended.',
};

export interface LinkOptions extends Patience {
  readonly network?: NetworkRules;
}

export interface Patience {
  readonly pingLimitMs?: number;
  readonly silenceLimitMs?: number;
}

export class WorkerLink extends EventEmitter<{ change: [] }> {
  readonly #source: WorkerSource;
  readonly #log: Logger;
  readonly #network: NetworkRules | undefined;
  readonly #closing = new AbortController();
  readonly #watching: Promise<void>;
  readonly #patience: Required<Patience>;
  /** Since when it has not answered, on the monotonic clock; null while it does. */
  #silentSince: number | null = null;
  #client: WorkerClient | null = null;
  #ping: Ping | null = null;
  #message = '';
  #answeredAt: Date | null = null;
  #asked = false;
  /** Since when we know that its deletion was accepted, on the monotonic clock. */
  #acceptedAt: number | null = null;
  #models: readonly ModelInfo[] = [];

  constructor(source: WorkerSource, log: Logger, { pingLimitMs = PING_LIMIT_MS, silenceLimitMs = SILENCE_LIMIT_MS, network }: LinkOptions = {}) {
    super();
    this.setMaxListeners(0);
    this.#source = source;
    this.#patience = { pingLimitMs, silenceLimitMs };
    this.#log = log;
    this.#network = network;
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

  get remote(): boolean {
    return this.#source.remote;
  }

  /** Address, while there is one to talk to. */
  get url(): string {
    return this.#source.endpoint?.url ?? '';
  }

  /** Nothing is known yet of the one at this address. */
  get pending(): boolean {
    return this.#client !== null && !this.#asked;
  }

  /** When it last answered. */
  get answeredAt(): Date | null {
    return this.#answeredAt;
  }

  /** What it last said, whether it takes work or not; null while it does not answer. */
  get lastPing(): Ping | null {
    return this.#ping;
  }

  /** What about it costs its owner money; null where nothing does. */
  get alarm(): Alarm | null {
    const acceptedForMs = this.#acceptedAt === null ? 0 : performance.now() - this.#acceptedAt;
    return this.remote && this.#ping ? alarmOf(this.name, this.#ping.lifecycle, acceptedForMs) : null;
  }

  /** What it can do; known on while it is away. */
  get models(): readonly ModelInfo[] {
    return this.#models;
  }

  get worker(): TaskWorker | null {
    const { ping } = this;
    return ping && { name: this.name, device: ping.provider, ...(this.remote && { remote: true, gpuName: ping.gpuName }) };
  }

  /** Why it takes no work, for people; empty when it does. */
  get message(): string {
    if (this.ping) return '';
    return this.#source.message || this.#message || (this.pending ? `The worker ${this.name} is being asked.` : '');
  }

  /** A client, whatever the worker's state; null while there is none to talk to. */
  get client(): WorkerClient | null {
    return this.#client;
  }

  /** Asks it now. */
  async refresh(): Promise<void> {
    await this.#check();
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
    this.#client = endpoint && new WorkerClient(endpoint, this.#network && { network: this.#network });
    this.#silentSince = null;
    this.#asked = false;
    this.#note(null, '');
    void former?.close();
    if (endpoint) void this.#check();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const { ping } = this;
      if (ping && !isPreparing(ping)) await this.#awaitNews(ping);
      else {
        await delay(ping ? PING_PREPARING_MS : this.#pauseMs, undefined, { signal }).catch(() => undefined);
        if (!signal.aborted) await this.#check();
      }
    }
  }

  /** While it takes no work. */
  get #pauseMs(): number {
    return this.remote ? PING_REMOTE_MS : PING_UNTIL_READY_MS;
  }

  /** One that answers at once, without any, is left alone for the rest of the time. */
  async #awaitNews(ping: Ping): Promise<void> {
    const { signal } = this.#closing;
    const over = performance.now() + PING_MS;
    await this.#check(ping);
    const isNews = this.ping === null || this.ping.news !== ping.news || isPreparing(this.ping);
    if (!isNews) await delay(Math.max(0, over - performance.now()), undefined, { signal }).catch(() => undefined);
  }

  /** `known`: waits for news since then. */
  async #check(known?: Ping): Promise<void> {
    const client = this.#client;
    if (!client) return;
    const limitMs = this.#patience.pingLimitMs + (known ? PING_MS : 0);
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(limitMs)]);
    try {
      const ping = await (known ? client.pingWithNews(known, PING_MS, signal) : client.ping(signal));
      this.#silentSince = null;
      if (client !== this.#client) return;
      this.#answeredAt = new Date();
      this.#asked = true;
      this.#note(ping, ping.accepting ? '' : whyNotAccepting[ping.state]);
    } catch (cause) {
      if (client !== this.#client || this.#closing.signal.aborted) return;
      this.#asked = true;
      this.#note(null, this.#source.explain(cause));
      this.#noteSilence();
    }
  }

  #noteSilence(): void {
    this.#silentSince ??= performance.now();
    if (performance.now() - this.#silentSince < this.#patience.silenceLimitMs) return;
    if (!this.remote) this.#log.warn({ worker: this.name }, 'the worker lives but does not answer');
    this.#silentSince = null;
    this.#source.restart();
  }

  #note(ping: Ping | null, message: string): void {
    const before = { ready: this.ping !== null, facts: factsOf(this.#ping, this.#message) };
    this.#ping = ping;
    if (ping?.accepting) this.#models = ping.models;
    this.#acceptedAt = ping?.lifecycle.termination?.acceptedAt ? (this.#acceptedAt ?? performance.now()) : null;
    this.#message = message;
    const ready = this.ping !== null;
    if (ready !== before.ready) this.#log.info({ worker: this.name, device: ping?.provider }, ready ? 'worker takes work' : 'worker takes no work');
    if (factsOf(ping, message) !== before.facts) this.emit('change');
  }
}

const isPreparing = ({ preparing }: Ping): boolean => preparing.some(({ state }) => state !== 'failed');

/** What others decide by, or show: another one is a change. */
function factsOf(ping: Ping | null, message: string): string {
  if (ping === null) return message;
  const { accepting, state, gpu, slots, models, preparing, lifecycle } = ping;
  const { armed, termination } = lifecycle;
  return JSON.stringify([message, accepting, state, gpu, slots.total, models.map(({ id }) => id), preparing, armed, termination?.alarm]);
}
