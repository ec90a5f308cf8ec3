/**
 * RunPod's control plane, as far as the life of one pod needs it: REST v2, and GraphQL for as long as it exists.
 * A key goes into the Authorization header and nowhere else.
 */
import { type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { request } from 'undici';
import { type Answer, failed } from './answer.ts';
import { isPodId, Pod, type PodAction } from './pod.ts';
import { parseJson, type RawAnswer, readFailure } from './read-failure.ts';

/** `name` is the variable that it comes from: that may be logged, `value` never. */
export interface ApiKey {
  readonly name: string;
  readonly value: string;
}

export interface RunpodClientOptions {
  /** Of the control plane, without the version: `/v2/…` and `/graphql` lie below it. */
  readonly baseUrl: string;
  /** Cloudflare refuses the defaults of some libraries, so we name ourselves. */
  readonly userAgent: string;
  /** Longest call, milliseconds. */
  readonly timeoutMs?: number;
}

export const RUNPOD_API_BASE_URL = 'https://api.runpod.io';

/** As long as RunPod's own client waits. */
const CALL_MS = 30_000;
/** An answer about one pod is some KB. */
const LONGEST_ANSWER_BYTES = 1024 * 1024;

interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly key: ApiKey;
  readonly body?: unknown;
}

export class RunpodClient {
  readonly #options: RunpodClientOptions;

  constructor(options: RunpodClientOptions) {
    this.#options = options;
  }

  /** The pod, if this key may read it: `not_found` is no proof that there is none. */
  async getPod(id: string, key: ApiKey): Promise<Answer<Pod>> {
    return await this.#ask({ method: 'GET', path: podPath(id), key }, Pod);
  }

  /** Deletes the pod and what lies on it; a network volume stays. */
  async deletePod(id: string, key: ApiKey): Promise<Answer<null>> {
    return await this.#tell({ method: 'DELETE', path: podPath(id), key });
  }

  /** `terminate` does what deletePod does; `stop` lets go of the GPU and keeps the pod. */
  async actOnPod(id: string, action: PodAction, key: ApiKey): Promise<Answer<null>> {
    return await this.#tell({ method: 'POST', path: `${podPath(id)}/action`, key, body: { action } });
  }

  async terminateByGraphql(id: string, key: ApiKey): Promise<Answer<null>> {
    return await this.#mutate('podTerminate(input: {podId: $podId})', id, key);
  }

  async stopByGraphql(id: string, key: ApiKey): Promise<Answer<null>> {
    return await this.#mutate('podStop(input: {podId: $podId}) { id }', id, key);
  }

  /** Errors come with status 200. A result of null is success. */
  async #mutate(mutation: string, id: string, key: ApiKey): Promise<Answer<null>> {
    podPath(id);
    const body = { query: `mutation act($podId: String!) { ${mutation} }`, variables: { podId: id } };
    const answer = await this.#ask({ method: 'POST', path: '/graphql', key, body }, GraphqlAnswer);
    if (!answer.ok) return answer;
    const [error] = answer.value.errors ?? [];
    if (error) return failed(/pod not found/i.test(error.message) ? 'not_found' : 'upstream', error.message, { status: answer.status });
    if (!answer.value.data) return failed('upstream', 'The answer holds neither data nor errors.', { status: answer.status });
    return { ok: true, status: answer.status, value: null };
  }

  async #tell(call: Call): Promise<Answer<null>> {
    const answer = await this.#send(call);
    return answer.ok ? { ...answer, value: null } : answer;
  }

  async #ask<T extends TSchema>(call: Call, schema: T): Promise<Answer<ReturnType<typeof Value.Decode<T>>>> {
    const answer = await this.#send(call);
    if (!answer.ok) return answer;
    const body = parseJson(answer.value.text);
    if (!Value.Check(schema, body)) return failed('upstream', 'The answer does not have the documented form.', { status: answer.status });
    return { ok: true, status: answer.status, value: Value.Clean(schema, structuredClone(body)) as ReturnType<typeof Value.Decode<T>> };
  }

  async #send({ method, path, key, body }: Call): Promise<Answer<RawAnswer>> {
    const { baseUrl, userAgent, timeoutMs = CALL_MS } = this.#options;
    const headers = { authorization: `Bearer ${key.value}`, accept: 'application/json', 'user-agent': userAgent };
    const sent = body === undefined ? { headers } : { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) };
    try {
      const answer = await request(`${baseUrl}${path}`, { method, signal: AbortSignal.timeout(timeoutMs), ...sent });
      const raw = { status: answer.statusCode, headers: answer.headers, text: await readText(answer.body) };
      if (raw.status >= 200 && raw.status < 300) return { ok: true, status: raw.status, value: raw };
      return withoutKey(readFailure(raw, Date.now()), key);
    } catch (cause) {
      return withoutKey(failed('unreachable', reasonOf(cause)), key);
    }
  }
}

const GraphqlAnswer = Type.Object({
  data: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
  errors: Type.Optional(Type.Array(Type.Object({ message: Type.String() }))),
});

function podPath(id: string): string {
  if (!isPodId(id)) throw new TypeError('This is not the id of a pod.');
  return `/v2/pods/${id}`;
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > LONGEST_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
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
