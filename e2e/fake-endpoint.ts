/**
 * RunPod's data plane as the client of a serverless endpoint sees it, on a local port: a queue of jobs, and in place of its workers
 * the function `work`, which brings each to its end. It checks the key, and answers otherwise where a test's script says so.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { answer, bearerKey, type FakeCall, json, problem, type Reply, refusedByCloudflare, type Scripted, toReply } from './fake-answers.ts';
import { LoopbackServer } from './loopback-server.ts';

export interface FakeEndpointJob {
  readonly id: string;
  readonly request: { readonly input: Readonly<Record<string, unknown>> };
  status: 'IN_QUEUE' | 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT';
  output?: unknown;
  error?: string;
  /** Parts that nobody has fetched yet. */
  parts: unknown[];
}

interface FakeEndpointOptions {
  readonly id: string;
  readonly key: string;
}

export class FakeEndpoint {
  readonly calls: FakeCall[] = [];
  readonly jobs = new Map<string, FakeEndpointJob>();
  /** What a worker does with each job that somebody asks about. Nothing: it stays in the queue. */
  work: (job: FakeEndpointJob) => void = () => undefined;
  readonly #options: FakeEndpointOptions;
  readonly #server = new LoopbackServer((request, response) => void this.#serve(request, response));
  readonly #script: (Scripted | null)[] = [];

  private constructor(options: FakeEndpointOptions) {
    this.#options = options;
  }

  static async start(options: FakeEndpointOptions): Promise<FakeEndpoint> {
    const fake = new FakeEndpoint(options);
    await fake.#server.listen();
    return fake;
  }

  /** Of all endpoints, as RUNPOD_ENDPOINT_BASE_URL names it. */
  get url(): string {
    return `${this.#server.url}/v2`;
  }

  /** The next calls get these answers, one each; null: the regular one. */
  script(...answers: readonly (Scripted | null)[]): void {
    this.#script.push(...answers);
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const call = { method, url, headers, body: await text(request), at: Date.now() };
    this.calls.push(call);
    const scripted = this.#script.shift();
    if (scripted && 'hangUp' in scripted) request.socket.destroy();
    else answer(response, scripted ? toReply(scripted) : this.#regular(call));
  }

  #regular(call: FakeCall): Reply {
    const refused = refusedByCloudflare(call);
    if (refused) return refused;
    if (bearerKey(call) !== this.#options.key) return problem(401, 'Unauthorized', 'The key is not valid.');
    const { pathname } = new URL(call.url, this.#server.url);
    const [, endpointId, operation, jobId = ''] = /^\/v2\/([^/]+)\/([a-z-]+)(?:\/([^/]+))?$/.exec(pathname) ?? [];
    if (endpointId !== this.#options.id) return problem(404, 'Not Found', 'There is no such endpoint.');
    const reply = this.#endpoint(`${call.method} ${operation}`, call);
    if (reply) return reply;
    const job = this.jobs.get(decodeURIComponent(jobId));
    return (job && this.#about(job, `${call.method} ${operation}`)) ?? problem(404, 'Not Found', 'There is no such job.');
  }

  /** What is asked of the endpoint as a whole. */
  #endpoint(operation: string, call: FakeCall): Reply | null {
    switch (operation) {
      case 'POST run':
        return this.#take(call, { ends: false });
      case 'POST runsync':
        return this.#take(call, { ends: true });
      case 'POST purge-queue':
        return json({ removed: this.#purge(), status: 'completed' });
      case 'GET health':
        return json({
          jobs: { completed: this.#count('COMPLETED'), failed: this.#count('FAILED'), inProgress: 0, inQueue: this.#count('IN_QUEUE'), retried: 0 },
          workers: { idle: 1, initializing: 0, running: 0, throttled: 0 },
        });
      default:
        return null;
    }
  }

  #take({ body }: FakeCall, { ends }: { ends: boolean }): Reply {
    const job: FakeEndpointJob = {
      id: `${randomUUID()}-u1`,
      request: JSON.parse(body) as FakeEndpointJob['request'],
      status: 'IN_QUEUE',
      parts: [],
    };
    this.jobs.set(job.id, job);
    if (ends) this.work(job);
    return json(described(job));
  }

  #about(job: FakeEndpointJob, operation: string): Reply | undefined {
    switch (operation) {
      case 'GET status':
        if (job.status === 'IN_QUEUE' || job.status === 'IN_PROGRESS') this.work(job);
        return json(described(job));
      case 'GET stream':
        return json({ status: job.status, stream: job.parts.splice(0).map((output) => ({ output })) });
      case 'POST cancel':
        job.status = 'CANCELLED';
        return json({ id: job.id, status: job.status });
      case 'POST retry':
        if (job.status !== 'FAILED' && job.status !== 'TIMED_OUT') return problem(400, 'Bad Request', 'The job did not fail.');
        job.status = 'IN_QUEUE';
        return json({ id: job.id, status: job.status });
      default:
        return undefined;
    }
  }

  #purge(): number {
    const waiting = [...this.jobs.values()].filter(({ status }) => status === 'IN_QUEUE');
    for (const { id } of waiting) this.jobs.delete(id);
    return waiting.length;
  }

  #count(state: FakeEndpointJob['status']): number {
    return [...this.jobs.values()].filter(({ status }) => status === state).length;
  }
}

const described = ({ id, status, output, error }: FakeEndpointJob) => ({ id, status, delayTime: 5, output, error });
