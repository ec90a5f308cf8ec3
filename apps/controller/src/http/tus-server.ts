/**
 * The tus protocol (https://tus.io/protocols/resumable-upload, version 1.0.0) behind our own doors: Fastify has checked Host,
 * Origin and session and reads the answer as a value, so our headers, cookies and errors stand on it as on any other.
 */
import { PassThrough, Readable } from 'node:stream';
import { AppError, type ErrorCode } from '@bulk-transcribe/protocol';
import { Server, type Upload } from '@tus/server';
import type { FastifyRequest } from 'fastify';
import type { Uploads } from '../uploads/uploads.ts';

export const TUS_VERSION = '1.0.0';

/** What the tus server may know of a request. */
const requestHeaders = ['tus-resumable', 'upload-length', 'upload-defer-length', 'upload-offset', 'upload-metadata', 'content-length'];
/** What of its answer goes out. */
const answerHeaders = [
  'location',
  'upload-offset',
  'upload-length',
  'upload-metadata',
  'upload-expires',
  'tus-version',
  'tus-extension',
  'tus-max-size',
];

export interface TusAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
}

/** Answers a request of the protocol. Throws AppError. */
export type Tus = (request: FastifyRequest) => Promise<TusAnswer>;

interface Exchange {
  readonly sessionId: string;
  failure?: unknown;
}

export function tusServer({ uploads, path, maxBytes }: { uploads: Uploads; path: string; maxBytes: number }): Tus {
  const exchanges = new WeakMap<Request, Exchange>();
  const sessionOf = (request: Request) => exchanges.get(request)?.sessionId ?? '';
  const server = new Server({
    path,
    datastore: uploads.store,
    maxSize: maxBytes,
    relativeLocation: true,
    namingFunction: () => uploads.newId(),
    onUploadCreate: async (request, upload) => {
      await uploads.begin({ ...described(upload), sessionId: sessionOf(request) });
      return {};
    },
    onUploadFinish: async (request, { id }) => {
      await uploads.sizeIfFinished(sessionOf(request), id);
      return {};
    },
    onResponseError: (request, cause) => {
      const exchange = exchanges.get(request);
      if (exchange) exchange.failure = cause;
      return undefined;
    },
  });
  return async (fastifyRequest) => {
    const body = fastifyRequest.method === 'PATCH' ? arriving(fastifyRequest) : null;
    const request = toWebRequest(fastifyRequest, body);
    const exchange: Exchange = { sessionId: fastifyRequest.sessionId };
    exchanges.set(request, exchange);
    const answer = await server.handleWeb(request);
    if (body) dropRest(fastifyRequest, body);
    if (answer.status >= 400) throw await refusal(answer, exchange.failure, fastifyRequest);
    return { status: answer.status, headers: chosen(answerHeaders, (name) => answer.headers.get(name)) };
  };
}

/** The bytes of a request. A cut is their early end, not an error: what came before it is kept to the last byte. */
function arriving({ raw }: FastifyRequest): PassThrough {
  const bytes = new PassThrough();
  raw.once('close', () => bytes.end());
  return raw.pipe(bytes);
}

/** What a refused request still sends must not stop up the connection: the client reads the answer after it. */
function dropRest({ raw }: FastifyRequest, bytes: PassThrough): void {
  raw.unpipe(bytes);
  raw.resume();
}

/** Only PATCH carries bytes: the extension "creation with upload" is not offered. */
function toWebRequest({ raw, headers, method }: FastifyRequest, bytes: PassThrough | null): Request {
  const given = new Headers(chosen(requestHeaders, (name) => headers[name]));
  if (bytes) given.set('content-type', headers['content-type'] ?? '');
  const body = bytes && { body: Readable.toWeb(bytes) as ReadableStream, duplex: 'half' as const };
  return new Request(new URL(raw.url ?? '/', 'http://localhost'), { method, headers: given, ...body });
}

function chosen(names: readonly string[], read: (name: string) => unknown): Record<string, string> {
  const found = names.map((name) => [name, read(name)] as const);
  return Object.fromEntries(found.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** What the sender says of its file. A name is data: it becomes no path. */
function described({ id, size = 0, metadata }: Upload) {
  const name = metadata?.['filename'] ?? '';
  const sha256 = metadata?.['sha256'] ?? undefined;
  if (name === '' || name.length > 1000)
    throw new AppError('invalid_request', 'The metadata must hold a filename of at most 1000 characters.', { field: 'filename' });
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256))
    throw new AppError('invalid_request', 'sha256 must be 64 hex digits.', { field: 'sha256' });
  return { id, size, name, ...(sha256 !== undefined && { sha256 }) };
}

const codes: Readonly<Record<number, ErrorCode>> = { 404: 'not_found', 409: 'input_offset', 410: 'not_found', 413: 'payload_too_large' };

/** The tus server's own refusals are plain text with a status. */
async function refusal(answer: Response, failure: unknown, { raw }: FastifyRequest): Promise<Error> {
  if (failure instanceof AppError) return failure;
  if (raw.destroyed && !raw.complete) return new AppError('cancelled', 'The client hung up.');
  const text = (await answer.text()).trim();
  if (answer.status < 500) return new AppError(codes[answer.status] ?? 'invalid_request', text === '' ? 'The upload request is not valid.' : text);
  return failure instanceof Error ? failure : new Error(text, { cause: failure });
}
