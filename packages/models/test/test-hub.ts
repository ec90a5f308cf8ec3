/**
 * A hub on this machine that speaks the contract: a list of files, HEAD and GET of a file, large ones at another origin under
 * an address that is signed and knows Range and If-Range. It does wrong what a test tells it to.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HubFile {
  readonly bytes: Buffer;
  /** Large: it lies at the other origin. */
  readonly lfs: boolean;
}

export interface Repository {
  commit: string;
  files: Record<string, HubFile>;
  gated?: boolean;
}

export type Door = 'list' | 'head' | 'get' | 'bytes';

export interface Asked {
  readonly door: Door;
  readonly file: string;
  readonly headers: IncomingMessage['headers'];
}

/** What goes wrong with one request. `after`: bytes of the body that still come. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Record<string, string> }
  | { readonly kind: 'reset' }
  | { readonly kind: 'cut'; readonly after: number }
  | { readonly kind: 'silent'; readonly after: number }
  | { readonly kind: 'short'; readonly after: number }
  | { readonly kind: 'corrupt'; readonly at: number }
  | { readonly kind: 'long' }
  | { readonly kind: 'whole' }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'says'; readonly body: string };

export class TestHub implements AsyncDisposable {
  readonly repositories = new Map<string, Repository>();
  readonly asked: Asked[] = [];
  /** Asked before every answer. */
  fault: (asked: Asked) => Fault | null = () => null;
  /** As some mirrors do: nothing is said of a large file but where it lies. */
  silentAboutFiles = false;
  /** What gated repositories want. */
  readonly token = 'hf_the-right-token';
  readonly #hub: Server;
  readonly #bytes: Server;

  private constructor() {
    this.#hub = createServer((request, response) => this.#answerHub(request, response));
    this.#bytes = createServer((request, response) => this.#answerBytes(request, response));
  }

  static async start(): Promise<TestHub> {
    const hub = new TestHub();
    for (const server of [hub.#hub, hub.#bytes]) await once(server.listen(0, '127.0.0.1'), 'listening');
    return hub;
  }

  get url(): string {
    return addressOf(this.#hub);
  }

  get bytesUrl(): string {
    return addressOf(this.#bytes);
  }

  /** Body bytes that were sent of a file. */
  readonly sent = new Map<string, number>();

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of [this.#hub, this.#bytes]) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  }

  #answerHub(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '', this.url);
    const list = /^\/api\/models\/([^/]+\/[^/]+)\/revision\/([^/]+)$/.exec(pathname);
    const file = /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/([^/]+)$/.exec(pathname);
    const name = decodeURIComponent(file?.[3] ?? '');
    const door = list ? 'list' : request.method === 'HEAD' ? 'head' : 'get';
    const fault = this.#note(door, name, request);
    if (fault && this.#fail(fault, response)) return;
    const repository = this.repositories.get(list?.[1] ?? file?.[1] ?? '');
    const refusal = this.#refusal(repository, decodeURIComponent(list?.[2] ?? file?.[2] ?? ''), request);
    if (!repository || refusal) {
      refuse(response, refusal?.[0] ?? 404, refusal?.[1]);
      return;
    }
    if (list) this.#answerList(repository, response);
    else this.#answerFile({ repository, name, fault }, request, response);
  }

  #refusal(
    repository: Repository | undefined,
    revision: string,
    { headers }: IncomingMessage,
  ): [status: number, headers: Record<string, string>] | null {
    const { authorization } = headers;
    // A private one looks the same to those who may not know of it.
    if (!repository) return [authorization ? 404 : 401, { 'x-error-code': 'RepoNotFound' }];
    const may = repository.gated !== true || authorization === `Bearer ${this.token}`;
    if (!may) return [authorization ? 403 : 401, { 'x-error-code': 'GatedRepo' }];
    const known = revision === 'main' || revision === repository.commit;
    return known ? null : [404, { 'x-error-code': 'RevisionNotFound' }];
  }

  #answerList({ commit, files }: Repository, response: ServerResponse): void {
    const siblings = Object.keys(files).map((rfilename) => ({ rfilename }));
    response.writeHead(200, { 'content-type': 'application/json', 'x-repo-commit': commit });
    response.end(JSON.stringify({ sha: commit, siblings, tags: ['whisper', 'license:mit'] }));
  }

  #answerFile(
    { repository, name, fault }: { repository: Repository; name: string; fault: Fault | null },
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const file = repository.files[name];
    if (!file) {
      refuse(response, 404, { 'x-error-code': 'EntryNotFound' });
      return;
    }
    const commit = { 'x-repo-commit': repository.commit };
    if (!file.lfs) {
      response.setHeaders(new Map(Object.entries({ ...commit, etag: `"${gitSha1(file.bytes)}"` })));
      this.#send({ name, bytes: file.bytes, fault, etag: `"${gitSha1(file.bytes)}"` }, request, response);
      return;
    }
    const linked = { 'x-linked-etag': `"${sha256(file.bytes)}"`, 'x-linked-size': String(file.bytes.length) };
    const location = `${this.bytesUrl}/${sha256(file.bytes)}/${name}?Signature=secret-of-the-address`;
    response.writeHead(302, { ...commit, ...(this.silentAboutFiles ? {} : linked), location }).end(`Found. Redirecting to ${location}`);
  }

  #answerBytes(request: IncomingMessage, response: ServerResponse): void {
    const [, hash, name = ''] = new URL(request.url ?? '', this.bytesUrl).pathname.split('/');
    const fault = this.#note('bytes', name, request);
    if (fault && this.#fail(fault, response)) return;
    const files = [...this.repositories.values()].flatMap(({ files }) => Object.values(files));
    const file = files.find(({ bytes }) => sha256(bytes) === hash);
    if (!file) {
      refuse(response, 404);
      return;
    }
    this.#send({ name, bytes: file.bytes, fault, etag: `"of-the-store-${hash?.slice(0, 8)}"` }, request, response);
  }

  #note(door: Door, file: string, { headers }: IncomingMessage): Fault | null {
    const asked = { door, file, headers };
    this.asked.push(asked);
    return this.fault(asked);
  }

  /** True where the fault was the whole answer. */
  #fail(fault: Fault, response: ServerResponse): boolean {
    if (fault.kind === 'status') response.writeHead(fault.status, fault.headers).end('no');
    else if (fault.kind === 'redirect') response.writeHead(302, { location: fault.to }).end();
    else if (fault.kind === 'says') response.writeHead(200, { 'content-type': 'application/json' }).end(fault.body);
    else if (fault.kind === 'reset') response.destroy();
    else return false;
    return true;
  }

  #send(
    { name, bytes, fault, etag }: { name: string; bytes: Buffer; fault: Fault | null; etag: string },
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const { range, 'if-range': validator } = request.headers;
    const goesOn = range !== undefined && fault?.kind !== 'whole' && (validator === undefined || validator === etag);
    const offset = goesOn ? Number(/^bytes=(\d+)-$/.exec(range)?.[1]) : 0;
    if (offset >= bytes.length && offset > 0) {
      refuse(response, 416, { 'content-range': `bytes */${bytes.length}` });
      return;
    }
    const body = bodyWith(bytes.subarray(offset), fault, offset);
    response.statusCode = goesOn ? 206 : 200;
    response.setHeader('etag', etag);
    if (goesOn) response.setHeader('content-range', `bytes ${offset}-${bytes.length - 1}/${bytes.length}`);
    // Without a length an early end looks like the end.
    if (fault?.kind !== 'short' && fault?.kind !== 'long') response.setHeader('content-length', bytes.length - offset);
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    this.sent.set(name, (this.sent.get(name) ?? 0) + body.length);
    if (fault?.kind === 'cut') response.write(body, () => response.destroy());
    else if (fault?.kind === 'silent') response.write(body);
    else response.end(body);
  }
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end();
}

function bodyWith(bytes: Buffer, fault: Fault | null, offset: number): Buffer {
  if (fault?.kind === 'cut' || fault?.kind === 'silent' || fault?.kind === 'short') return bytes.subarray(0, fault.after);
  if (fault?.kind === 'long') return Buffer.concat([bytes, Buffer.from('more')]);
  if (fault?.kind !== 'corrupt') return bytes;
  const wrong = Buffer.from(bytes);
  const at = Math.max(0, fault.at - offset) % Math.max(1, wrong.length);
  wrong[at] = (wrong[at] ?? 0) ^ 0x20;
  return wrong;
}

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const gitSha1 = (bytes: Buffer): string => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
