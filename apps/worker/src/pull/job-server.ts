/** The server that jobs are pulled from: RunPod's interface of today, or that of its first pod worker. Nothing here decides anything. */
import { earlyDoneUrl, earlyPingUrl, earlyTakeUrl, pingUrl, resultUrl, stopUrl, takeUrl, type UrlTemplate, unfitUrl } from '@bulk-transcribe/runpod';
import { request } from 'undici';
import type { ReportAddresses, Webhook } from './pull-settings.ts';
import type { RawAnswer } from './read-answer.ts';

export interface JobServerOptions {
  /** `take`: null where jobs come another way, and are only told of. */
  readonly addresses: ReportAddresses & { readonly take: Webhook | null };
  /** The pod, or a random id outside of one. */
  readonly workerId: string;
  readonly userAgent: string;
}

/** As long as RunPod's client waits; servers hold a request for a minute at most. */
const TAKE_MS = 90_000;
const POST_MS = 60_000;
/** The end of an unfit worker does not wait for its server. */
const UNFIT_MS = 2_000;
/** Characters. */
const LONGEST_REASON = 256;
/** A job may bring its recording along. */
const LONGEST_ANSWER_BYTES = 64 * 1024 * 1024;

/** RunPod's client of today sends it with these GETs, too. */
const OF_TODAY = { 'content-type': 'application/json' };

interface Call {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export class JobServer {
  readonly #options: JobServerOptions;

  constructor(options: JobServerOptions) {
    this.#options = options;
  }

  get pingMs(): number {
    return this.#options.addresses.pingMs;
  }

  get repeatsPings(): boolean {
    return this.#options.addresses.ping?.early === false;
  }

  get streams(): boolean {
    return this.#options.addresses.stream !== null;
  }

  /** Waits for jobs. Rejects where the server cannot be reached. */
  async take(want: number, jobsInProgress: number, signal: AbortSignal): Promise<RawAnswer> {
    const { take } = this.#options.addresses;
    if (!take) throw new Error('There is no address that jobs are taken from.');
    const url = take.early ? earlyTakeUrl(this.#filled(take)) : takeUrl(this.#filled(take), { want, jobsInProgress });
    return await this.#send({ method: 'GET', url, timeoutMs: TAKE_MS, signal, ...(!take.early && { headers: OF_TODAY }) });
  }

  /** Waits for jobs to stop; null where there is no such address. */
  async stop(signal: AbortSignal): Promise<RawAnswer | null> {
    const { take } = this.#options.addresses;
    const url = !take || take.early ? null : stopUrl(this.#filled(take));
    return url ? await this.#send({ method: 'GET', url, timeoutMs: TAKE_MS, signal, headers: OF_TODAY }) : null;
  }

  /** Sends a result, an error or progress. Resolves with the status; null where nothing takes results. */
  async post(jobId: string, body: string, { isStream, signal }: { isStream: boolean; signal: AbortSignal }): Promise<number | null> {
    const { post } = this.#options.addresses;
    if (!post) return null;
    const url = post.early ? earlyDoneUrl(this.#filled(post), jobId) : resultUrl(this.#filled(post), { jobId, isStream });
    return await this.#postTo(url, { body, signal, ...(!post.early && { jobId }) });
  }

  /** Sends a part of a result. */
  async postPart(jobId: string, body: string, signal: AbortSignal): Promise<number | null> {
    const { stream } = this.#options.addresses;
    return stream ? await this.#postTo(resultUrl(this.#filled(stream), { jobId }), { body, signal, jobId }) : null;
  }

  /** Null where nobody is to be told. */
  async ping(jobIds: readonly string[], signal: AbortSignal): Promise<number | null> {
    const { ping, pings, pingMs } = this.#options.addresses;
    if (!ping || !pings) return null;
    const given = this.#filled(ping);
    const [first] = jobIds;
    const earlyUrl = first === undefined ? earlyTakeUrl(given) : earlyPingUrl(given, first);
    const url = ping.early ? earlyUrl : pingUrl(given, jobIds);
    return (await this.#send({ method: 'GET', url, timeoutMs: ping.early ? pingMs : 2 * pingMs, signal })).status;
  }

  /** Tells that this worker is of no use, and why. Rejects where nobody hears it. */
  async unfit(check: string, reason: string): Promise<void> {
    const { ping } = this.#options.addresses;
    if (!ping || ping.early) return;
    const url = unfitUrl(this.#filled(ping), { check, reason: reason.slice(0, LONGEST_REASON) });
    await this.#send({ method: 'GET', url, timeoutMs: UNFIT_MS, signal: new AbortController().signal });
  }

  #filled({ template }: Webhook): UrlTemplate {
    return { template, podId: this.#options.workerId, gpuTypeId: this.#options.addresses.gpuTypeId };
  }

  /** JSON, whatever this type says: as RunPod's client has always sent it. That of today names the job in a header, too. */
  async #postTo(url: string, { jobId, body, signal }: { jobId?: string; body: string; signal: AbortSignal }): Promise<number> {
    const headers = { charset: 'utf-8', 'content-type': 'application/x-www-form-urlencoded', ...(jobId !== undefined && { 'x-request-id': jobId }) };
    return (await this.#send({ method: 'POST', url, timeoutMs: POST_MS, signal, headers, body })).status;
  }

  async #send({ method, url, timeoutMs, signal, headers = {}, body }: Call): Promise<RawAnswer> {
    const { addresses, userAgent } = this.#options;
    const all = { 'user-agent': userAgent, ...(addresses.key && { authorization: addresses.key }), ...headers };
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const answer = await request(url, { method, headers: all, signal: limit, headersTimeout: 0, ...(body !== undefined && { body }) });
    const contentType = answer.headers['content-type'];
    return { status: answer.statusCode, contentType: Array.isArray(contentType) ? '' : (contentType ?? ''), text: await readText(answer.body) };
  }
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > LONGEST_ANSWER_BYTES) throw new RangeError('The answer is longer than 64 MiB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
