/**
 * The hub's contract, as far as we need it: which files a revision has, their hashes and sizes, and their bytes.
 * `HEAD /{repository}/resolve/{revision}/{file}` answers X-Repo-Commit, and for large files (Git LFS, Xet) X-Linked-Etag, the
 * SHA-256 of the bytes, and X-Linked-Size; for small ones ETag is the hash that Git gives the file. Large files lie elsewhere:
 * the hub redirects there, and its headers stand on the redirect.
 */
import { AppError } from '@bulk-transcribe/protocol';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { chunksOf } from './chunks-of.ts';
import { connectionFailure, failureOf } from './failures.ts';
import { defaultTimeouts, type HubSettings } from './hub-settings.ts';
import { TemporaryFailure } from './temporary-failure.ts';

export interface Revision {
  /** Commit, 40 hex digits, or whatever a mirror calls it. */
  readonly commit: string;
  readonly files: readonly string[];
  /** As its card says; null where it does not. */
  readonly license: string | null;
}

export interface FileFacts {
  readonly name: string;
  readonly size: number;
  /** Of the bytes; null where the hub does not tell it. */
  readonly sha256: string | null;
  /** Of the bytes behind Git's header; null where the hub does not tell it. */
  readonly gitSha1: string | null;
}

export interface FileLocation {
  readonly repository: string;
  readonly commit: string;
  readonly file: string;
}

export interface Part {
  /** Bytes wanted from here on. */
  readonly offset: number;
  /** The validator that came with the bytes before `offset`: of another version everything is sent. Empty = none. */
  readonly validator: string;
}

export interface Bytes {
  /** Where they start: at the offset asked for, or at 0. */
  readonly offset: number;
  readonly validator: string;
  /** Must be read, or broken off by the signal. AppError or TemporaryFailure where the connection fails. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

interface Hop {
  readonly url: URL;
  readonly answer: Dispatcher.ResponseData;
}

interface Question {
  readonly method: 'GET' | 'HEAD';
  readonly url: URL;
  readonly what: string;
  readonly headers?: Record<string, string>;
  readonly signal: AbortSignal;
  /** The hub's own word about a file is enough where it gives one; the place of the bytes is not asked. */
  readonly stayAtHub?: boolean;
}

/** Renamed repositories and the way to the bytes take two or three. */
const MAX_REDIRECTS = 6;
/** A list of files, or an answer that is thrown away. */
const MAX_JSON_BYTES = 8 * 1024 * 1024;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export class Hub {
  readonly #settings: HubSettings;
  readonly #agent: Dispatcher;

  constructor(settings: HubSettings) {
    const { proxies, timeouts = defaultTimeouts } = settings;
    const options = { connect: { timeout: timeouts.connectMs }, headersTimeout: timeouts.headersMs, bodyTimeout: timeouts.silenceMs };
    const given = { httpProxy: proxies.http, httpsProxy: proxies.https, noProxy: proxies.except };
    this.#settings = settings;
    this.#agent = proxies.http || proxies.https ? new EnvHttpProxyAgent({ ...options, ...given }) : new Agent(options);
  }

  /** Breaks off every download under way. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async revision(repository: string, revision: string, signal: AbortSignal): Promise<Revision> {
    const url = this.#url(`api/models/${repository}/revision/${encodeURIComponent(revision)}`);
    const what = `model ${repository}${revision === 'main' ? '' : ` at ${revision}`}`;
    const { hops, last } = await this.#ask({ method: 'GET', url, what, signal });
    const body = await readJson(last.answer, what, signal);
    const known = Value.Check(RevisionAnswer, body) ? body : null;
    const commit = known?.sha ?? first(hops, 'x-repo-commit');
    if (!known || !commit) throw new AppError('model_download_failed', `The ${what}: the answer is no list of files; HF_ENDPOINT may not be a hub.`);
    return { commit, files: known.siblings.map(({ rfilename }) => rfilename), license: licenseOf(known.tags) };
  }

  async fileFacts({ repository, commit, file }: FileLocation, signal: AbortSignal): Promise<FileFacts> {
    const what = `file ${file} of ${repository}`;
    const { hops, last } = await this.#ask({ method: 'HEAD', url: this.#fileUrl(repository, commit, file), what, signal, stayAtHub: true });
    const own = this.#isHub(last.url) ? first([last], 'etag') : undefined;
    const etag = (first(hops, 'x-linked-etag') ?? own ?? '').replace(/^W\//, '').replaceAll('"', '');
    const size = Number(first(hops, 'x-linked-size') ?? first([last], 'content-length') ?? Number.NaN);
    if (!Number.isSafeInteger(size) || size < 0) throw new AppError('model_download_failed', `The ${what}: the hub does not tell its size.`);
    const isHex = (digits: number) => new RegExp(`^[0-9a-f]{${digits}}$`).test(etag);
    return { name: file, size, sha256: isHex(64) ? etag : null, gitSha1: isHex(40) ? etag : null };
  }

  /** The rest of a file's bytes, or all of them where the server does not go on. Range and If-Range: RFC 9110 §14.2, §13.1.5. */
  async bytes({ repository, commit, file }: FileLocation, { offset, validator }: Part, signal: AbortSignal): Promise<Bytes> {
    const headers: Record<string, string> = offset > 0 ? { range: `bytes=${offset}-`, ...(validator && { 'if-range': validator }) } : {};
    const what = `file ${file} of ${repository}`;
    const { last } = await this.#ask({ method: 'GET', url: this.#fileUrl(repository, commit, file), what, headers, signal });
    const { statusCode, headers: answered, body } = last.answer;
    const etag = answered['etag'];
    // A weak one does not promise the same bytes.
    const strong = typeof etag === 'string' && !etag.startsWith('W/') ? etag : '';
    const start = statusCode === 206 ? Number(/^bytes (\d+)-/.exec(String(answered['content-range']))?.[1]) : 0;
    if (start === 0 || start === offset) {
      return { offset: start, validator: strong, chunks: chunksOf(body, (cause) => connectionFailure(cause, what, signal)) };
    }
    await discard(last.answer);
    throw new AppError('model_download_failed', `The ${what}: the server sent another part than was asked for.`);
  }

  #url(path: string): URL {
    return new URL(`${this.#settings.endpoint}/${path}`);
  }

  #fileUrl(repository: string, commit: string, file: string): URL {
    return this.#url(`${repository}/resolve/${encodeURIComponent(commit)}/${encodeURIComponent(file)}`);
  }

  /** Follows redirects itself: the token stays with the hub, and the hub's headers are read on the way. */
  async #ask(question: Question): Promise<{ hops: readonly Hop[]; last: Hop }> {
    if (this.#settings.offline) throw new AppError('offline', `The ${question.what} cannot be fetched: HF_HUB_OFFLINE is set.`);
    const hops: Hop[] = [];
    let { url } = question;
    for (let redirected = 0; redirected <= MAX_REDIRECTS; redirected += 1) {
      const last = { url, answer: await this.#askOnce(question, url) };
      const { statusCode, headers } = last.answer;
      if (this.#isHub(url)) hops.push(last);
      if (statusCode < 300) return { hops, last };
      if (!redirects.has(statusCode)) throw await this.#refusal(question, last);
      await discard(last.answer);
      const next = this.#next(url, headers['location'], question.what);
      if (question.stayAtHub && !this.#isHub(next) && first(hops, 'x-linked-size') !== undefined) return { hops, last };
      url = next;
    }
    throw new AppError('model_download_failed', `The ${question.what}: more than ${MAX_REDIRECTS} redirects.`);
  }

  async #askOnce({ method, headers, what, signal }: Question, url: URL): Promise<Dispatcher.ResponseData> {
    const { token } = this.#settings;
    const authorization = token && this.#isHub(url) ? { authorization: `Bearer ${token}` } : {};
    const common = { 'user-agent': 'bulk-transcribe', 'accept-encoding': 'identity' };
    try {
      return await request(url, { method, headers: { ...common, ...headers, ...authorization }, dispatcher: this.#agent, signal });
    } catch (cause) {
      throw connectionFailure(cause, what, signal);
    }
  }

  #isHub(url: URL): boolean {
    return url.origin === new URL(this.#settings.endpoint).origin;
  }

  #next(from: URL, location: string | string[] | undefined, what: string): URL {
    const url = typeof location === 'string' ? URL.parse(location, from) : null;
    const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && from.protocol === 'http:');
    if (url && safe) return url;
    throw new AppError('model_download_failed', `The ${what}: the server redirects to where we do not go.`);
  }

  async #refusal({ what }: Question, { url, answer }: Hop): Promise<Error> {
    await discard(answer);
    const { statusCode: status, headers } = answer;
    return failureOf({ status, headers, what, fromHub: this.#isHub(url), hasToken: this.#settings.token !== '' });
  }
}

const first = (hops: readonly Hop[], header: string): string | undefined =>
  hops.map(({ answer }) => answer.headers[header]).find((value) => typeof value === 'string');

/** Reads what is left, so that the connection can be used again; a long rest is cut. */
const discard = (answer: Dispatcher.ResponseData): Promise<void> => answer.body.dump({ limit: MAX_JSON_BYTES }).catch(() => undefined);

/** What we read of `GET /api/models/{repository}/revision/{revision}`. */
const RevisionAnswer = Type.Object({
  sha: Type.Optional(Type.String({ minLength: 1 })),
  siblings: Type.Array(Type.Object({ rfilename: Type.String() })),
  tags: Type.Optional(Type.Array(Type.String())),
});

/** The hub repeats what the card says as a tag, `license:mit`. */
const licenseOf = (tags: readonly string[] = []): string | null => tags.find((tag) => tag.startsWith('license:'))?.slice('license:'.length) ?? null;

async function readJson(answer: Dispatcher.ResponseData, what: string, signal: AbortSignal): Promise<unknown> {
  let text = '';
  try {
    for await (const chunk of answer.body.setEncoding('utf8')) {
      text += chunk;
      if (text.length > MAX_JSON_BYTES) return null;
    }
  } catch (cause) {
    throw connectionFailure(cause, what, signal);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    // A cut answer, or a page of a proxy.
    throw new TemporaryFailure(`The ${what}: the answer is not JSON.`, { cause });
  }
}
