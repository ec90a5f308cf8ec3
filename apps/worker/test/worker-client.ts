/** A small client for tests: the worker's HTTP interface by `fetch`, nothing hidden. */
import { createHash } from 'node:crypto';
import { defaultOptions, PART_SHA256_HEADER, type TaskRequest, type WorkerTask, type WorkerTaskEvent } from '@bulk-transcribe/protocol';

export const TOKEN = 'test-token-0123456789';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

let count = 0;
/** A new id: version 7 in form, numbered so that a failing test is easy to read. */
export const newId = (): string => `019aa9a0-0000-7000-8000-${String(++count).padStart(12, '0')}`;

export function requestFor(bytes: Uint8Array, change: Partial<TaskRequest> = {}): TaskRequest {
  const input = { name: 'recording.mp3', size: bytes.length, sha256: sha256(bytes) };
  return { id: newId(), attempt: 1, options: { ...defaultOptions }, input, windows: 0, ...change };
}

export interface SseMessage {
  readonly id: number;
  readonly event: WorkerTaskEvent;
}

export class WorkerClient {
  readonly url: string;
  readonly #token: string;

  constructor(url: string, token = TOKEN) {
    this.url = url;
    this.#token = token;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return await fetch(`${this.url}${path}`, { ...init, headers: { authorization: `Bearer ${this.#token}`, ...init.headers } });
  }

  async post(path: string, body: unknown): Promise<Response> {
    return await this.fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  }

  async put(id: string, offset: number, bytes: Uint8Array<ArrayBuffer>, hash = sha256(bytes)): Promise<Response> {
    return await this.fetch(`/v1/tasks/${id}/input?offset=${offset}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', [PART_SHA256_HEADER]: hash },
      body: bytes,
    });
  }

  /** Posts the task and sends its whole input. */
  async submit(bytes: Uint8Array<ArrayBuffer>, change: Partial<TaskRequest> = {}): Promise<TaskRequest> {
    const request = requestFor(bytes, change);
    await expectStatus(await this.post('/v1/tasks', request), 201);
    await expectStatus(await this.put(request.id, 0, bytes), 200);
    return request;
  }

  async task(id: string): Promise<WorkerTask> {
    return (await this.fetch(`/v1/tasks/${id}`).then((answer) => expectStatus(answer, 200))).json() as Promise<WorkerTask>;
  }

  /** The events from `after` on, as they come, until the worker ends the stream. */
  async *events(id: string, after?: number): AsyncGenerator<SseMessage> {
    const answer = await this.fetch(`/v1/tasks/${id}/events`, { headers: after === undefined ? {} : { 'last-event-id': String(after) } });
    await expectStatus(answer, 200);
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of answer.body ?? []) {
      const blocks = (text + decoder.decode(chunk, { stream: true })).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) if (!block.startsWith(':')) yield parseMessage(block);
    }
  }

  /** Waits for the event that `found` names. */
  async until(id: string, found: (event: WorkerTaskEvent) => boolean): Promise<SseMessage> {
    for await (const message of this.events(id)) if (found(message.event)) return message;
    throw new Error('The stream ended before the event came.');
  }

  async untilState(id: string, state: WorkerTask['state']): Promise<WorkerTask> {
    const { event } = await this.until(id, (candidate) => candidate.type === 'status' && candidate.task.state === state);
    return (event as Extract<WorkerTaskEvent, { type: 'status' }>).task;
  }
}

function parseMessage(block: string): SseMessage {
  const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? '';
  return { id: Number(field('id')), event: JSON.parse(field('data')) as WorkerTaskEvent };
}

async function expectStatus(answer: Response, status: number): Promise<Response> {
  if (answer.status !== status) throw new Error(`Expected ${status}, got ${answer.status}: ${await answer.text()}`);
  return answer;
}

/** The code and message of an error answer. */
export async function errorOf(answer: Response): Promise<{ status: number; code: string; message: string; field?: string }> {
  const { error } = (await answer.json()) as { error: { code: string; message: string; field?: string } };
  return { status: answer.status, code: error.code, message: error.message, ...(error.field !== undefined && { field: error.field }) };
}

export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
