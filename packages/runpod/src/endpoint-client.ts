/** A serverless endpoint, for whoever sends it jobs: RunPod's data plane, another service than its control plane. */
import { type Static, Type } from '@sinclair/typebox';
import type { Answer } from './answer.ts';
import { Api, type ApiKey, type ApiOptions, type Call } from './api.ts';
import { EndpointJob, type EndpointRequest, partsOf, StreamAnswer } from './endpoint-job.ts';
import { isPodId } from './pod.ts';

/** RunPod lets outputs of 20 MB through, and escapes some of their letters. */
const LONGEST_ANSWER_BYTES = 64 * 1024 * 1024;
/** A stream that has nothing new is held for about so long, milliseconds. */
const STREAM_HELD_MS = 10_000;

export const EndpointHealth = Type.Object({
  jobs: Type.Object({
    completed: Type.Integer(),
    failed: Type.Integer(),
    inProgress: Type.Integer(),
    inQueue: Type.Integer(),
    retried: Type.Integer(),
  }),
  workers: Type.Record(Type.String(), Type.Integer(), { description: 'How many by state: idle, running, and whatever else RunPod counts.' }),
});
export type EndpointHealth = Static<typeof EndpointHealth>;

const Purged = Type.Object({ removed: Type.Integer(), status: Type.String() });

export interface EndpointClientOptions extends ApiOptions {
  readonly endpointId: string;
  readonly key: ApiKey;
}

export class EndpointClient {
  readonly #api: Api;
  readonly #endpointId: string;
  readonly #key: ApiKey;

  /** `baseUrl`: with the version; the endpoint's id comes below it. Throws TypeError where the id is none. */
  constructor({ endpointId, key, ...options }: EndpointClientOptions) {
    if (!isPodId(endpointId)) throw new TypeError('This is not the id of an endpoint.');
    this.#api = new Api(options, { longestAnswerBytes: LONGEST_ANSWER_BYTES });
    this.#endpointId = endpointId;
    this.#key = key;
  }

  /** Takes the job up and answers at once. 10 MB at most; the result is kept for 30 minutes. */
  async run(request: EndpointRequest): Promise<Answer<EndpointJob>> {
    return await this.#ask({ method: 'POST', path: '/run', body: request }, EndpointJob);
  }

  /** Waits for the end, 1000 to 300000 ms: then the job comes as it is. 20 MB at most; the result is kept for a minute. */
  async runSync(request: EndpointRequest, waitMs: number): Promise<Answer<EndpointJob>> {
    return await this.#ask({ method: 'POST', path: `/runsync?wait=${waitMs}`, body: request, heldMs: waitMs }, EndpointJob);
  }

  /** `not_found` once its time to live is over, or its result is not kept any more. */
  async status(jobId: string): Promise<Answer<EndpointJob>> {
    return await this.#ask({ method: 'GET', path: `/status/${encodeURIComponent(jobId)}` }, EndpointJob);
  }

  /** The parts of the output since the last call: what comes back does not come again. */
  async stream(jobId: string): Promise<Answer<unknown[]>> {
    const answer = await this.#ask({ method: 'GET', path: `/stream/${encodeURIComponent(jobId)}`, heldMs: STREAM_HELD_MS }, StreamAnswer);
    return answer.ok ? { ...answer, value: partsOf(answer.value) } : answer;
  }

  async cancel(jobId: string): Promise<Answer<EndpointJob>> {
    return await this.#ask({ method: 'POST', path: `/cancel/${encodeURIComponent(jobId)}` }, EndpointJob);
  }

  /** For a job that failed or took too long, while it is kept. */
  async retry(jobId: string): Promise<Answer<EndpointJob>> {
    return await this.#ask({ method: 'POST', path: `/retry/${encodeURIComponent(jobId)}` }, EndpointJob);
  }

  /** Removes the jobs that wait; those that run go on. */
  async purgeQueue(): Promise<Answer<{ removed: number }>> {
    return await this.#ask({ method: 'POST', path: '/purge-queue' }, Purged);
  }

  async health(): Promise<Answer<EndpointHealth>> {
    return await this.#ask({ method: 'GET', path: '/health' }, EndpointHealth);
  }

  async #ask<T extends Parameters<Api['ask']>[1]>({ path, ...call }: Omit<Call, 'key'>, schema: T): Promise<Answer<Static<T>>> {
    return await this.#api.ask({ ...call, path: `/${this.#endpointId}${path}`, key: this.#key }, schema);
  }
}
