/**
 * The end of a pod by its own hand: it asks RunPod to delete it, by every call and with every key there is, until that is accepted.
 *
 *   DELETE (v2), action terminate (v2), podTerminate (GraphQL), each with each key:
 *   accepted → stay alive, a minute later still here → on with the next one; five minutes later → done, the process may exit
 *   refused → the next one; all refused → a pause that grows · busy or unreachable → a pause, again, after three times the next one
 *   ten minutes without success → let go of the GPU, raise the alarm, and go on every five minutes, for ever
 *
 * An exit is never the switch: RunPod would start the container, and the bill, again. Nothing is concluded from a pod that cannot be
 * read: a key that may not read its pod may well delete it.
 */
import type { Termination } from '@bulk-transcribe/protocol';
import { type Answer, type ApiKey, type Failure, mayPass, type RunpodClient } from '@bulk-transcribe/runpod';
import type { Logger } from 'pino';
import { type Clock, pauseOn } from './clock.ts';

export interface SeppukuOptions {
  readonly client: Pick<RunpodClient, 'getPod' | 'deletePod' | 'actOnPod' | 'terminateByGraphql' | 'stopByGraphql'>;
  readonly podId: string;
  readonly keys: readonly ApiKey[];
  /** Also try GraphQL. */
  readonly graphql: boolean;
  /** Why there is nothing to try; empty where there is. */
  readonly notArmedBecause: string;
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
  /** Told after every step. */
  readonly onProgress: (termination: Termination) => void;
  readonly log: Logger;
  /** Gives up waiting; for when the process is killed anyway. */
  readonly signal: AbortSignal;
}

/** Pauses between tries: 2, 4, 8 … 60 s, a fifth more or less so that pods do not ask in step. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 60_000;
const JITTER = 0.2;
/** A call that is busy or unreachable so often in a row gives way to the next one. */
const PATIENCE = 3;
/** Accepted, but still alive after so long: on with the next call. */
const STILL_ALIVE_MS = 60_000;
/** Accepted so long ago: the process may exit. */
const EXIT_AFTER_MS = 300_000;
const ALARM_AFTER_MS = 600_000;
/** Between rounds after the alarm, and the longest wait that a rate limit may impose: the pod costs money meanwhile. */
const SLOW_PAUSE_MS = 300_000;

/** Ends the pod. Resolves when the process may exit, or when `signal` aborts. */
export const seppuku = async (options: SeppukuOptions): Promise<void> => await new Seppuku(options).run();

type Step = { readonly name: string; readonly call: (key: ApiKey) => Promise<Answer<null>>; readonly key: ApiKey };

class Seppuku {
  readonly #options: SeppukuOptions;
  readonly #steps: readonly Step[];
  readonly #startedAt: number;
  #acceptedAt: number | null = null;
  #termination: Termination;
  #place = 0;
  #pauses = 0;
  /** Tries of the present step that were answered by nobody, or by "later". */
  #fruitless = 0;

  constructor(options: SeppukuOptions) {
    const { client, podId, keys, graphql, clock } = options;
    const calls = [
      { name: 'DELETE', call: (key: ApiKey) => client.deletePod(podId, key) },
      { name: 'action terminate', call: (key: ApiKey) => client.actOnPod(podId, 'terminate', key) },
      ...(graphql ? [{ name: 'podTerminate', call: (key: ApiKey) => client.terminateByGraphql(podId, key) }] : []),
    ];
    this.#options = options;
    this.#steps = options.notArmedBecause ? [] : calls.flatMap((call) => keys.map((key) => ({ ...call, key })));
    this.#startedAt = clock.now();
    this.#termination = { since: new Date(clock.wall()).toISOString(), acceptedAt: null, calls: 0, lastAnswer: '', alarm: false };
  }

  async run(): Promise<void> {
    const { log, podId, signal } = this.#options;
    log.warn({ podId, calls: this.#steps.map(({ name, key }) => `${name} with ${key.name}`) }, 'this pod ends itself');
    if (this.#steps.length === 0) await this.#onlyShout();
    while (!signal.aborted && !this.#mayExit()) await this.#pause(await this.#tryOnce());
  }

  /** Makes one call. Returns how long to wait before the next one, milliseconds. */
  async #tryOnce(): Promise<number> {
    const step = this.#steps[this.#place];
    if (!step) throw new Error('There is always a next step.');
    const answer = await step.call(step.key);
    const accepted = answer.ok || (await this.#isGone(answer.failure, step.key));
    const text = answer.ok ? `HTTP ${answer.status}` : [answer.failure.status, answer.failure.detail].filter(Boolean).join(' ');
    const lastAnswer = `${step.name} with ${step.key.name}: ${text}`;
    this.#options.log[accepted ? 'info' : 'warn']({ call: step.name, key: step.key.name, answer: text }, accepted ? 'accepted' : 'not accepted');
    this.#tell({ calls: this.#termination.calls + 1, lastAnswer });
    return accepted || answer.ok ? this.#afterAcceptance() : await this.#afterRefusal(answer.failure);
  }

  /** What is gone, or was never this key's, is taken for deleted; if we are still here in a minute, it was not. */
  async #isGone(failure: Failure, key: ApiKey): Promise<boolean> {
    if (failure.kind === 'not_found') return true;
    if (failure.kind !== 'conflict') return false;
    const pod = await this.#options.client.getPod(this.#options.podId, key);
    return pod.ok ? pod.value.status === 'TERMINATED' : pod.failure.kind === 'not_found';
  }

  #afterAcceptance(): number {
    const { clock } = this.#options;
    this.#acceptedAt ??= clock.now();
    this.#tell({ acceptedAt: this.#termination.acceptedAt ?? new Date(clock.wall()).toISOString(), alarm: false });
    this.#next();
    return STILL_ALIVE_MS;
  }

  async #afterRefusal(failure: Failure): Promise<number> {
    const { clock } = this.#options;
    const isSlow = this.#acceptedAt === null && clock.now() - this.#startedAt >= ALARM_AFTER_MS;
    const mayHelpLater = mayPass(failure);
    this.#fruitless += 1;
    const stays = mayHelpLater && !isSlow && this.#fruitless < PATIENCE;
    if (!stays) this.#next();
    const isRoundOver = !stays && this.#place === 0;
    if (isSlow) return isRoundOver || !this.#termination.alarm ? await this.#giveUpForNow() : 0;
    if (failure.waitMs !== null) return Math.min(failure.waitMs, SLOW_PAUSE_MS);
    return mayHelpLater || isRoundOver ? this.#growingPause() : 0;
  }

  /** The next round is a whole one again. */
  async #giveUpForNow(): Promise<number> {
    await this.#letGoOfGpu();
    this.#shout();
    this.#place = 0;
    return SLOW_PAUSE_MS;
  }

  #next(): void {
    this.#place = (this.#place + 1) % this.#steps.length;
    this.#fruitless = 0;
  }

  #growingPause(): number {
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#pauses);
    this.#pauses += 1;
    return pause * (1 - JITTER + 2 * JITTER * this.#options.random());
  }

  /** A stopped pod still bills its disk, but not its GPU. */
  async #letGoOfGpu(): Promise<void> {
    const { client, podId, keys, graphql } = this.#options;
    for (const key of keys) {
      if ((await client.actOnPod(podId, 'stop', key)).ok) return;
      if (graphql && (await client.stopByGraphql(podId, key)).ok) return;
    }
  }

  /** Nothing can be called: all that is left is to stay, so that the container is not started again, and to be seen. */
  async #onlyShout(): Promise<void> {
    this.#tell({ lastAnswer: this.#options.notArmedBecause });
    while (!this.#options.signal.aborted) {
      this.#shout();
      await this.#pause(SLOW_PAUSE_MS);
    }
  }

  #shout(): void {
    this.#tell({ alarm: true });
    const { lastAnswer } = this.#termination;
    this.#options.log.fatal({ podId: this.#options.podId, lastAnswer }, 'THIS POD CANNOT DELETE ITSELF AND COSTS MONEY: terminate it by hand');
  }

  #mayExit(): boolean {
    return this.#acceptedAt !== null && this.#options.clock.now() - this.#acceptedAt >= EXIT_AFTER_MS;
  }

  #tell(change: Partial<Termination>): void {
    this.#termination = { ...this.#termination, ...change };
    this.#options.onProgress(this.#termination);
  }

  /** Not beyond the moment at which the process may exit. */
  async #pause(ms: number): Promise<void> {
    const { clock, signal } = this.#options;
    const left = this.#acceptedAt === null ? ms : this.#acceptedAt + EXIT_AFTER_MS - clock.now();
    await pauseOn(clock, Math.min(ms, left), signal);
  }
}
