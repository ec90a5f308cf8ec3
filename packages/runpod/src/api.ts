/**
 * One call to RunPod, whichever of its services: who we are, the key in its header and nowhere else, a time limit, and an answer
 * that is never thrown.
 */
import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { request } from 'undici';
import { type Answer, failed } from './answer.ts';
import type { RawAnswer } from './raw-answer.ts';
import { parseJson, readFailure } from './read-failure.ts';

/** `name` is the variable that it comes from: that may be logged, `value` never. */
export interface ApiKey {
  readonly name: string;
  readonly value: string;
}

export interface ApiOptions {
  /** All paths lie below it. */
  readonly baseUrl: string;
  /** Cloudflare refuses the defaults of some libraries, so we name ourselves. */
  readonly userAgent: string;
  /** Longest call, milliseconds. */
  readonly timeoutMs?: number;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly key: ApiKey;
  readonly body?: unknown;
  /** How long the service itself may hold the call, milliseconds, beside the time that any call has. */
  readonly heldMs?: number;
}

/** As long as RunPod's own client waits. */
const CALL_MS = 30_000;

export class Api {
  readonly #options: ApiOptions;
  readonly #longestAnswerBytes: number;

  constructor(options: ApiOptions, { longestAnswerBytes }: { longestAnswerBytes: number }) {
    this.#options = options;
    this.#longestAnswerBytes = longestAnswerBytes;
  }

  /** For calls whose answer says nothing but that they were taken. */
  async tell(call: Call): Promise<Answer<null>> {
    const answer = await this.#send(call);
    return answer.ok ? { ...answer, value: null } : answer;
  }

  /** The answer as `schema` has it, and nothing else of it. */
  async ask<T extends TSchema>(call: Call, schema: T): Promise<Answer<Static<T>>> {
    const answer = await this.#send(call);
    if (!answer.ok) return answer;
    const body = parseJson(answer.value.text);
    if (!Value.Check(schema, body)) return failed('upstream', 'The answer does not have the documented form.', { status: answer.status });
    return { ok: true, status: answer.status, value: Value.Clean(schema, structuredClone(body)) as Static<T> };
  }

  async #send({ method, path, key, body, heldMs = 0 }: Call): Promise<Answer<RawAnswer>> {
    const { baseUrl, userAgent, timeoutMs = CALL_MS } = this.#options;
    const headers = { authorization: `Bearer ${key.value}`, accept: 'application/json', 'user-agent': userAgent };
    const sent = body === undefined ? { headers } : { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const signal = AbortSignal.timeout(timeoutMs + heldMs);
    try {
      const answer = await request(`${baseUrl}${path}`, { method, signal, headersTimeout: 0, ...sent });
      const raw = { status: answer.statusCode, headers: answer.headers, text: await this.#readText(answer.body) };
      if (raw.status >= 200 && raw.status < 300) return { ok: true, status: raw.status, value: raw };
      return withoutKey(readFailure(raw, Date.now()), key);
    } catch (cause) {
      return withoutKey(failed('unreachable', reasonOf(cause)), key);
    }
  }

  async #readText(body: AsyncIterable<Uint8Array>): Promise<string> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of body) {
      length += chunk.length;
      if (length > this.#longestAnswerBytes) break;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}

/** `fetch failed` helps nobody: the cause below it says what failed. */
function reasonOf(cause: unknown): string {
  const error = cause as Partial<NodeJS.ErrnoException> & { cause?: unknown };
  if (error.name === 'TimeoutError') return 'No answer in time.';
  return [error.code, error.message].filter(Boolean).join(': ') || String(cause);
}

/** No server may lead our key into a log by repeating it. */
function withoutKey<T extends ReturnType<typeof failed>>({ ok, failure }: T, { value }: ApiKey) {
  return { ok, failure: { ...failure, detail: failure.detail.replaceAll(value, '[redacted]') } };
}
