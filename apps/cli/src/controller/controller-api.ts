/** What the command line asks of a controller: the API that the pages use, with a token. */
import {
  AppError,
  fromErrorBody,
  type Job,
  type JobRequest,
  type KnownFile,
  type Recording,
  type SystemInfo,
  type Task,
  type Transcript,
} from '@bulk-transcribe/protocol';
import { PAUSES_MS, wait } from './wait.ts';

export interface ControllerAccess {
  /** Without a slash at its end. */
  readonly url: string;
  /** One of its API_TOKENS. */
  readonly token: string;
}

/** An answer takes no longer than this, milliseconds. */
const ANSWER_MS = 60_000;

export class ControllerApi {
  readonly #access: ControllerAccess;
  readonly #signal: AbortSignal;
  /** Once it has answered, a controller that does not is one that starts again, or a line that is cut: worth waiting for. */
  #reached = false;

  constructor(access: ControllerAccess, signal: AbortSignal) {
    this.#access = access;
    this.#signal = signal;
  }

  get uploads(): { url: string; headers: Record<string, string> } {
    return { url: `${this.#access.url}/api/uploads`, headers: this.#headers };
  }

  readonly system = (): Promise<SystemInfo> => this.#read('/api/system');
  readonly jobs = (): Promise<Job[]> => this.#read('/api/jobs');
  /** Null where it was deleted. */
  readonly job = (id: string): Promise<Job | null> => orNull(this.#read<Job>(`/api/jobs/${id}`));
  readonly recording = (id: string): Promise<Recording> => this.#read(`/api/recordings/${id}`);
  readonly unusedRecordings = (): Promise<Recording[]> => this.#read('/api/recordings');
  readonly transcript = (taskId: string): Promise<Transcript> => this.#read(`/api/tasks/${taskId}/transcript`);
  readonly startJob = (request: JobRequest): Promise<Job> => this.#ask('/api/jobs', { method: 'POST', body: request });
  readonly retry = (taskId: string): Promise<Task> => this.#ask(`/api/tasks/${taskId}/retry`, { method: 'POST' });

  /** A recording of bytes that it has already; null where they have to be sent. */
  readonly addKnown = (file: KnownFile): Promise<Recording | null> =>
    orNull(this.#ask<Recording>('/api/recordings/known', { method: 'POST', body: file }));

  /** Reading changes nothing, so it may be tried again. */
  async #read<T>(route: string): Promise<T> {
    for (let failures = 0; ; failures += 1) {
      try {
        return await this.#ask<T>(route, { method: 'GET' });
      } catch (cause) {
        const pauseMs = PAUSES_MS[failures];
        if (!this.#reached || pauseMs === undefined || !(cause instanceof AppError && cause.retryable)) throw cause;
        await wait(pauseMs, this.#signal);
      }
    }
  }

  async #ask<T>(route: string, { method, body }: { method: string; body?: object }): Promise<T> {
    const answer = await this.#fetch(route, {
      method,
      headers: { ...this.#headers, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    const value: unknown = await answer.json().catch(() => null);
    if (!answer.ok || value === null) throw this.#failure(answer.status, value);
    this.#reached = true;
    return value as T;
  }

  async #fetch(route: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(this.#access.url + route, init);
    } catch (cause) {
      this.#signal.throwIfAborted();
      const { code = (cause as Error).name } = ((cause as Error).cause ?? {}) as { code?: string };
      throw new AppError('controller_unavailable', `No controller answers at ${this.#access.url} (${code}).`, { cause });
    }
  }

  /** What a proxy in between answers is no answer of a controller. */
  #failure(status: number, body: unknown): AppError {
    const unavailable = new AppError('controller_unavailable', `What answers at ${this.#access.url} is no controller (status ${status}).`);
    return explainToken(fromErrorBody(body, unavailable));
  }

  get #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#access.token}` };
  }
}

function explainToken(error: AppError): AppError {
  if (error.code !== 'unauthorized') return error;
  return new AppError(
    'invalid_request',
    'The controller does not know this token. Give it one of its API_TOKENS, with --token or in CONTROLLER_TOKEN.',
  );
}

const orNull = <T>(answer: Promise<T>): Promise<T | null> =>
  answer.catch((cause: unknown) => {
    if (cause instanceof AppError && cause.code === 'not_found') return null;
    throw cause;
  });
