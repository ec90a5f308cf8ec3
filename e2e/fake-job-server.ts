/**
 * A server that hands out jobs as RunPod does, to workers of both generations: it holds a take until there is a job, hands a job out again
 * that nobody pinged for or finished, takes results as JSON whatever their type says, and ignores what comes after a job's end.
 */
import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { LoopbackServer } from './loopback-server.ts';

const AI_KEY = 'ai-key-of-the-endpoint';

export interface JobCall {
  readonly kind: 'take' | 'stop' | 'done' | 'stream' | 'ping';
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface FakeJob {
  readonly id: string;
  readonly input: unknown;
  /** How often it was handed out. */
  taken: number;
  leasedUntil: number;
  /** What ended it; undefined until then. */
  end?: { readonly output?: unknown; readonly error?: string };
  /** Ends that came after it. */
  readonly late: unknown[];
  readonly progress: unknown[];
  readonly parts: unknown[];
}

/** What becomes of a call instead. `after`: the call counts, its answer is lost. */
export type JobFault = { readonly status: number } | { readonly cut: 'before' | 'after' };

/** Longer than a busy machine keeps a worker from its pings. */
const LEASE_MS = 60_000;
/** What a worker had that is gone is handed out again after so long. */
const GONE_MS = 5_000;

export class FakeJobServer extends EventEmitter<{ call: [JobCall]; news: [] }> {
  readonly calls: JobCall[] = [];
  readonly jobs = new Map<string, FakeJob>();
  /** Asked before every call is served. */
  faultFor: (call: JobCall) => JobFault | null = () => null;
  /** How long a take or a stop is held where there is nothing to say. */
  holdMs = 2_000;
  readonly #server = new LoopbackServer((request, response) => void this.#serve(request, response));
  readonly #toStop = new Set<string>();
  /** They are over: nobody gets them again. */
  readonly #stopped = new Set<string>();

  private constructor() {
    super();
    this.setMaxListeners(0);
  }

  static async start(): Promise<FakeJobServer> {
    const fake = new FakeJobServer();
    await fake.#server.listen();
    return fake;
  }

  get url(): string {
    return this.#server.url;
  }

  /** The variables of today's workers. */
  get today(): Record<string, string> {
    const base = `${this.url}/v2/ep1`;
    return {
      RUNPOD_WEBHOOK_GET_JOB: `${base}/job-take/$ID?gpu=cpu`,
      RUNPOD_WEBHOOK_POST_OUTPUT: `${base}/job-done/$RUNPOD_POD_ID/$ID?gpu=cpu`,
      RUNPOD_WEBHOOK_POST_STREAM: `${base}/job-stream/$RUNPOD_POD_ID/$ID?gpu=cpu`,
      RUNPOD_WEBHOOK_PING: `${base}/ping/$RUNPOD_POD_ID?gpu=cpu`,
      RUNPOD_PING_INTERVAL: '1000',
      RUNPOD_AI_API_KEY: AI_KEY,
    };
  }

  /** Those of the first pod workers. */
  get early(): Record<string, string> {
    return {
      WEBHOOK_GET_WORK: `${this.url}/early/job-take/$ID`,
      WEBHOOK_POST_OUTPUT: `${this.url}/early/job-done/$RUNPOD_POD_ID/$ID`,
      WEBHOOK_PING: `${this.url}/early/ping/$RUNPOD_POD_ID`,
      PING_INTERVAL: '1000',
      AI_API_KEY: AI_KEY,
    };
  }

  add(id: string, input: unknown): FakeJob {
    const job: FakeJob = { id, input, taken: 0, leasedUntil: 0, late: [], progress: [], parts: [] };
    this.jobs.set(id, job);
    this.emit('news');
    return job;
  }

  stop(id: string): void {
    this.#toStop.add(id);
    this.#stopped.add(id);
    this.emit('news');
  }

  /** Nobody will ping for what was handed out so far, unless the next worker finds it on its disk. */
  workerIsGone(): void {
    for (const job of this.jobs.values()) job.leasedUntil = Math.min(job.leasedUntil, Date.now() + GONE_MS);
  }

  /** Waits until `enough` holds for what has been called so far. */
  async until(enough: () => boolean): Promise<void> {
    while (!enough()) await once(this, 'call');
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const name = /^\/(?:early|v2\/ep1)\/(?:job-)?(take-batch|take|stop|done|stream|ping)\//.exec(url.pathname)?.[1];
    if (!name) return void response.writeHead(404).end();
    const kind = name === 'take-batch' ? 'take' : (name as JobCall['kind']);
    const body = await decoded(request).catch(() => '');
    const call: JobCall = { kind, method: request.method ?? '', url, headers: request.headers, body, at: Date.now() };
    this.calls.push(call);
    const fault = this.faultFor(call);
    const cut = fault && 'cut' in fault ? fault.cut : null;
    if (cut === 'before') request.socket.destroy();
    else if (fault && 'status' in fault) response.writeHead(fault.status).end();
    else await this.#regular(call, { request, response, loseAnswer: cut === 'after' });
    this.emit('call', call);
  }

  async #regular(call: JobCall, to: { request: IncomingMessage; response: ServerResponse; loseAnswer: boolean }): Promise<void> {
    const { kind, url } = call;
    const refusal = refusalOf(call);
    if (refusal !== null) return void to.response.writeHead(refusal).end();
    const answer =
      kind === 'take' || kind === 'stop' ? await this.#held(call, to) : this.#note(call, decodeURIComponent(url.pathname.split('/').at(-1) ?? ''));
    if (to.loseAnswer) return void to.request.socket.destroy();
    if (answer === null) return void to.response.writeHead(kind === 'take' || kind === 'stop' ? 204 : 200).end();
    to.response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  /** Holds the request until there is something to say, or for `holdMs`; null where there is nothing, or nobody listens any more. */
  async #held({ kind, url }: JobCall, { request, response }: { request: IncomingMessage; response: ServerResponse }): Promise<unknown> {
    const until = AbortSignal.any([AbortSignal.timeout(this.holdMs), closing(response)]);
    for (;;) {
      if (request.socket.destroyed) return null;
      const found = kind === 'stop' ? this.#stops() : this.#handOut(Number(url.searchParams.get('batch_size') ?? 1));
      if (found.length > 0 || until.aborted) return this.#shaped(kind, url, found);
      await once(this, 'news', { signal: until }).catch(() => undefined);
    }
  }

  #shaped(kind: JobCall['kind'], url: URL, found: readonly unknown[]): unknown {
    if (found.length === 0) return null;
    if (kind === 'stop') return { jobsToStop: found };
    return url.pathname.includes('-batch/') ? found : found[0];
  }

  #stops(): string[] {
    const ids = [...this.#toStop];
    this.#toStop.clear();
    return ids;
  }

  #handOut(want: number): { id: string; input: unknown }[] {
    const now = Date.now();
    const free = [...this.jobs.values()].filter(({ id, end, leasedUntil }) => !end && !this.#stopped.has(id) && leasedUntil < now).slice(0, want);
    for (const job of free) {
      job.taken++;
      job.leasedUntil = now + LEASE_MS;
    }
    return free.map(({ id, input }) => ({ id, input }));
  }

  #note({ kind, url, body }: JobCall, jobId: string): null {
    if (kind === 'ping') {
      for (const id of (url.searchParams.get('job_id') ?? '').split(',')) this.#extend(id);
      return null;
    }
    const job = this.jobs.get(jobId);
    if (!job) return null;
    const message = JSON.parse(body) as { status?: string; output?: unknown; error?: string };
    if (kind === 'stream') job.parts.push(message.output);
    else if (message.status === 'IN_PROGRESS') (job.end ? job.late : job.progress).push(message.output);
    else if (job.end) job.late.push(message);
    else job.end = message;
    this.#extend(jobId);
    return null;
  }

  #extend(id: string): void {
    const job = this.jobs.get(id);
    if (job) job.leasedUntil = Date.now() + LEASE_MS;
  }
}

/** Status for a call that is not as it should be; null where it is. */
function refusalOf({ kind, method, url, headers, body }: JobCall): number | null {
  const isPost = kind === 'done' || kind === 'stream';
  // The first workers pinged without a key.
  const isOpen = kind === 'ping' && url.pathname.startsWith('/early/');
  if (headers.authorization !== AI_KEY && !(isOpen && headers.authorization === undefined)) return 401;
  if (method !== (isPost ? 'POST' : 'GET')) return 405;
  return isPost && !isObject(body) ? 400 : null;
}

function isObject(text: string): boolean {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === 'object' && found !== null && !Array.isArray(found);
  } catch {
    return false;
  }
}

/** UTF-8, else Latin-1, as clients of old have sent it. */
async function decoded(request: IncomingMessage): Promise<string> {
  const bytes = await buffer(request);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

/** Aborts when nobody waits for the answer any more. */
function closing(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
}
