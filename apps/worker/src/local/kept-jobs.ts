/** Jobs that were handed in and are done when their result is asked for. One is heard at a time: there is one engine. */
import { randomUUID } from 'node:crypto';
import { toAppError } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import { request } from 'undici';
import { KeyedLock } from '../tasks/keyed-lock.ts';

export interface KeptJob {
  readonly id: string;
  readonly input: object;
  /** Told of the result of a job that succeeds. */
  readonly webhook?: string | null | undefined;
}

export type Outcome = { readonly output: unknown } | { readonly error: string };

/** Does a job. `onPart` hears of what is finished meanwhile. */
export type Perform = (job: KeptJob, onPart: (part: unknown) => void) => Promise<unknown>;

const WEBHOOK_MS = 10_000;

export class KeptJobs {
  readonly #perform: Perform;
  readonly #log: Logger;
  readonly #jobs = new Map<string, KeptJob>();
  readonly #engine = new KeyedLock();
  readonly #counts = { completed: 0, failed: 0, inProgress: 0 };

  constructor(perform: Perform, log: Logger) {
    this.#perform = perform;
    this.#log = log;
  }

  /** As RunPod's platform tells of an endpoint. */
  get health() {
    const { inProgress } = this.#counts;
    const running = Math.min(1, inProgress);
    return { jobs: { ...this.#counts, inQueue: this.#jobs.size, retried: 0 }, workers: { idle: 1 - running, running } };
  }

  keep(job: Omit<KeptJob, 'id'>): KeptJob {
    const kept = { ...job, id: `test-${randomUUID()}` };
    this.#jobs.set(kept.id, kept);
    return kept;
  }

  find(id: string): KeptJob | undefined {
    return this.#jobs.get(id);
  }

  /** False where there is none. */
  forget(id: string): boolean {
    return this.#jobs.delete(id);
  }

  /** Forgets the job and does it. Never rejects. */
  async do(job: KeptJob, onPart: (part: unknown) => void = () => undefined): Promise<Outcome> {
    this.#jobs.delete(job.id);
    this.#counts.inProgress++;
    const outcome = await this.#engine.run('', () => this.#outcomeOf(job, onPart));
    this.#counts.inProgress--;
    this.#counts['error' in outcome ? 'failed' : 'completed']++;
    return outcome;
  }

  /** Goes on in the background; whether anybody listens changes nothing. */
  tell({ id, webhook }: KeptJob, body: unknown): void {
    if (!webhook) return;
    request(webhook, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(WEBHOOK_MS),
    })
      .then((answer) => answer.body.dump())
      .catch((err: unknown) => this.#log.warn({ err, id }, 'the webhook of a job could not be called'));
  }

  async #outcomeOf(job: KeptJob, onPart: (part: unknown) => void): Promise<Outcome> {
    try {
      return { output: await this.#perform(job, onPart) };
    } catch (cause) {
      const { message, hint, code } = toAppError(cause);
      this.#log.warn({ err: cause, id: job.id, code }, 'the job failed');
      return { error: `${message} ${hint} (${code})` };
    }
  }
}
