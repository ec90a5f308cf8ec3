/** The worker's HTTP contract as typed calls. What goes wrong is an AppError; the token travels in its header only. */
import { createHash } from 'node:crypto';
import {
  AppError,
  Health,
  InputReceived,
  LifecycleAnswer,
  ModelPreparation,
  PART_SHA256_HEADER,
  Ping,
  Preflight,
  SelfTest,
  type TaskRequest,
  Transcript,
  type WindowResult,
  WORKER_HEADER,
  WORKER_PROTOCOL,
  WorkerTask,
  WorkerTaskEvent,
} from '@bulk-transcribe/protocol';
import { taskToken } from '@bulk-transcribe/service';
import type { Static, TSchema } from '@sinclair/typebox';
import { Agent, type Dispatcher, request } from 'undici';
import type { Attempt } from '../jobs/task-ledger.ts';
import { type EvidencePart, toEvidencePart } from './evidence-part.ts';
import { assertLiteral, guardedLookup, type NetworkRules } from './guarded-lookup.ts';
import { serverSentMessages } from './server-sent-events.ts';
import { assertSuccess, assertWorker, OtherVersion, toAnswer } from './worker-answer.ts';

export interface Endpoint {
  readonly url: string;
  readonly token: string;
}

export interface NumberedEvent {
  readonly id: number;
  readonly event: WorkerTaskEvent;
}

export interface ClientOptions {
  readonly eventStreamMs?: number;
  readonly network?: NetworkRules;
}

const thisMachineOrTls: NetworkRules = { allowInsecure: false };

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
}

/** RunPod's proxy cuts every request at 100 s; ours give up, or are begun anew, well before. */
const CONNECT_MS = 10_000;
const HEADERS_MS = 60_000;
/** Longest silence within a body. An event stream is kept alive by a comment every 30 s. */
const BODY_MS = 75_000;
const EVENT_STREAM_MS = 80_000;
/** Of an answer that is no worker's, as much as tells a proxy's error page from others. Characters. */
const FOREIGN_BODY = 2_000;
/** Cloudflare, before every pod, refuses some libraries' own. */
const USER_AGENT = 'bulk-transcribe-controller';

export class WorkerClient {
  readonly #endpoint: Endpoint;
  readonly #network: NetworkRules;
  readonly #agent: Agent;
  readonly #eventStreamMs: number;

  constructor(endpoint: Endpoint, { eventStreamMs = EVENT_STREAM_MS, network = thisMachineOrTls }: ClientOptions = {}) {
    this.#endpoint = endpoint;
    this.#network = network;
    this.#eventStreamMs = eventStreamMs;
    const connect = { timeout: CONNECT_MS, lookup: guardedLookup(new URL(endpoint.url), network) };
    this.#agent = new Agent({ connect, headersTimeout: HEADERS_MS, bodyTimeout: BODY_MS });
  }

  /** Breaks off every call under way. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  ping(signal: AbortSignal): Promise<Ping> {
    return this.#ask(Ping, { method: 'GET', path: '/v1/ping', signal });
  }

  /** Answers after `waitMs`, or as soon as there is news since that ping. */
  pingWithNews({ news }: Ping, waitMs: number, signal: AbortSignal): Promise<Ping> {
    return this.#ask(Ping, { method: 'GET', path: `/v1/ping?waitMs=${waitMs}&news=${news}`, signal });
  }

  /** Begins it; the ping tells how far it is. */
  prepareModel(name: string, signal: AbortSignal): Promise<ModelPreparation> {
    return this.#ask(ModelPreparation, { method: 'POST', path: `/v1/models/${encodeURIComponent(name)}`, ...json({}), signal });
  }

  /** What it finds when it looks at itself. */
  preflight(signal: AbortSignal): Promise<Preflight> {
    return this.#ask(Preflight, { method: 'GET', path: '/v1/preflight', signal });
  }

  /** Transcribes its sample, the first time; a conflict while a recording is at work. */
  selfTest(signal: AbortSignal): Promise<SelfTest> {
    return this.#ask(SelfTest, { method: 'POST', path: '/v1/self-test', ...json({}), signal });
  }

  /** Why it takes no work, where it does not. */
  health(signal: AbortSignal): Promise<Health> {
    return this.#ask(Health, { method: 'GET', path: '/health', signal });
  }

  /** Keeps it from ending itself, for at most MAX_HOLD_MS from now. */
  async hold(ms: number, signal: AbortSignal): Promise<void> {
    await this.#ask(LifecycleAnswer, { method: 'POST', path: '/v1/hold', ...json({ ms }), signal });
  }

  /** It finishes what it has, takes nothing new, then ends. Cannot be taken back. */
  async drain(signal: AbortSignal): Promise<void> {
    await this.#ask(LifecycleAnswer, { method: 'POST', path: '/v1/drain', ...json({}), signal });
  }

  /**
   * Idempotent by task id and attempt. Takes no signal on purpose: once sent, its answer is waited for, so that whoever
   * cancels the task afterwards finds it there. A worker that finds a fault in it is of another version: worker_protocol.
   */
  async sendTask(task: TaskRequest): Promise<WorkerTask> {
    try {
      return await this.#ask(WorkerTask, { method: 'POST', path: '/v1/tasks', ...json(task) });
    } catch (cause) {
      if (cause instanceof AppError && cause.code === 'invalid_request') throw notUnderstood(cause);
      throw cause;
    }
  }

  /** Windows that earlier attempts have finished, in order, from the first that the worker does not hold. */
  sendWindows({ taskId, attempt }: Attempt, windows: readonly WindowResult[], signal: AbortSignal): Promise<WorkerTask> {
    return this.#ask(WorkerTask, { method: 'PUT', path: `/v1/tasks/${taskId}/windows`, ...json({ attempt, windows }), signal });
  }

  inputReceived(taskId: string, signal: AbortSignal): Promise<InputReceived> {
    return this.#ask(InputReceived, { method: 'GET', path: `/v1/tasks/${taskId}/input`, signal });
  }

  /** At most MAX_PART_BYTES, from the offset up to which everything has arrived. */
  sendInputPart(taskId: string, { offset, bytes, signal }: { offset: number; bytes: Buffer; signal: AbortSignal }): Promise<InputReceived> {
    const headers = { 'content-type': 'application/octet-stream', [PART_SHA256_HEADER]: createHash('sha256').update(bytes).digest('hex') };
    return this.#ask(InputReceived, { method: 'PUT', path: `/v1/tasks/${taskId}/input?offset=${offset}`, headers, body: bytes, signal });
  }

  /** The events after `lastId` as one connection gives them: it ends after the final status, and at the latest after 80 s. */
  async *events(taskId: string, lastId: number, signal: AbortSignal): AsyncGenerator<NumberedEvent, void> {
    const limit = AbortSignal.timeout(this.#eventStreamMs);
    const headers = { accept: 'text/event-stream', 'last-event-id': String(lastId) };
    try {
      const answer = await this.#call({ method: 'GET', path: `/v1/tasks/${taskId}/events`, headers, signal: AbortSignal.any([signal, limit]) });
      for await (const { id, data } of serverSentMessages(answer.body.setEncoding('utf8'))) {
        yield { id: Number(id), event: toAnswer(WorkerTaskEvent, data) };
      }
    } catch (cause) {
      if (limit.aborted && !signal.aborted) return;
      throw toCallError(cause, signal);
    }
  }

  result(taskId: string, signal: AbortSignal): Promise<Transcript> {
    return this.#ask(Transcript, { method: 'GET', path: `/v1/tasks/${taskId}/result`, signal });
  }

  /** What speakers were told apart by, from `offset` on: one part, and the bytes of the whole. */
  async evidencePart(taskId: string, offset: number, signal: AbortSignal): Promise<EvidencePart> {
    return await this.#read({ method: 'GET', path: `/v1/tasks/${taskId}/evidence?offset=${offset}`, signal }, toEvidencePart);
  }

  /** Stops the attempt; one that is over already stays as it is. */
  async cancel({ taskId, attempt }: Attempt, signal: AbortSignal): Promise<void> {
    await this.#ask(WorkerTask, { method: 'POST', path: `/v1/tasks/${taskId}/cancel`, ...json({ attempt }), signal });
  }

  /** The worker may forget the attempt, which is over. */
  async acknowledge({ taskId, attempt }: Attempt, signal: AbortSignal): Promise<void> {
    await this.#text({ method: 'POST', path: `/v1/tasks/${taskId}/ack`, ...json({ attempt }), signal });
  }

  /** What is about one task carries a token of that task alone. */
  #tokenOf(path: string): string {
    const taskId = /^\/v1\/tasks\/([^/?]+)/.exec(path)?.[1];
    return taskId === undefined ? this.#endpoint.token : taskToken(this.#endpoint.token, taskId);
  }

  /** What goes wrong is shown to people: a worker must not be able to show them what we sent. */
  #withoutTokens(path: string, text: string): string {
    return text.replaceAll(this.#endpoint.token, '[token]').replaceAll(this.#tokenOf(path), '[token]');
  }

  async #ask<Schema extends TSchema>(schema: Schema, call: Call): Promise<Static<Schema>> {
    return toAnswer(schema, await this.#text(call));
  }

  #text(call: Call): Promise<string> {
    return this.#read(call, ({ body }) => body.text());
  }

  async #read<T>(call: Call, read: (answer: Dispatcher.ResponseData) => Promise<T>): Promise<T> {
    try {
      return await read(await this.#call(call));
    } catch (cause) {
      throw toCallError(cause, call.signal);
    }
  }

  /** The answer once it is known to be a worker's, and no error. */
  async #call({ method, path, headers, body, signal }: Call): Promise<Dispatcher.ResponseData> {
    assertLiteral(new URL(this.#endpoint.url), this.#network);
    const answer = await request(this.#endpoint.url + path, {
      method,
      headers: { ...headers, 'user-agent': USER_AGENT, authorization: `Bearer ${this.#tokenOf(path)}` },
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
      dispatcher: this.#agent,
    });
    try {
      if (answer.headers[WORKER_HEADER] !== WORKER_PROTOCOL) assertWorker(answer, (await answer.body.text()).slice(0, FOREIGN_BODY));
      if (answer.statusCode >= 400) assertSuccess(answer, this.#withoutTokens(path, await answer.body.text()));
    } catch (cause) {
      await answer.body.dump();
      throw cause;
    }
    return answer;
  }
}

const json = (value: unknown): Pick<Call, 'headers' | 'body'> => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

function notUnderstood({ message }: AppError): AppError {
  const cause = new OtherVersion(`The worker does not understand the task, it is of another version: ${message}`);
  return new AppError('worker_protocol', cause.message, { cause });
}

/** Nothing answered, or the answer broke off. What the caller broke off itself keeps the signal's reason. */
function toCallError(cause: unknown, signal: AbortSignal | undefined): Error {
  if (signal?.aborted) return signal.reason as Error;
  if (cause instanceof AppError) return cause;
  return new AppError('worker_unavailable', 'The worker does not answer.', { cause });
}
