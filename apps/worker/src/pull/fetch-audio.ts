/** A job's recording, streamed to a file: from its address, or out of the job itself. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ResultBucket } from '@bulk-transcribe/bucket';
import { AppError, type JobInput } from '@bulk-transcribe/protocol';
import { Agent, request } from 'undici';
import { jobAddress, publicLookup } from './job-address.ts';

export interface FetchAudioOptions {
  /** Where the bytes go. */
  readonly file: string;
  readonly allowInsecure: boolean;
  readonly maxBytes: number;
  /** Where audio_key lies; null where there is none. */
  readonly bucket: ResultBucket | null;
  readonly signal: AbortSignal;
}

export interface FetchedAudio {
  /** For people; never a path. */
  readonly name: string;
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
}

const FETCH_MS = 30 * 60_000;
const SILENCE_MS = 60_000;
const REDIRECTS = 5;

/** Throws invalid_request, not_found or payload_too_large with the field at fault, and what the bucket says. */
export async function fetchAudio({ audio, audio_base64, audio_key }: JobInput, options: FetchAudioOptions): Promise<FetchedAudio> {
  if (audio) return await download(audio, options);
  if (audio_key) return await fromBucket(audio_key, options);
  const bytes = decodeBase64(audio_base64 ?? '');
  return await write(Readable.from([bytes]), 'audio', options);
}

function decodeBase64(text: string): Buffer {
  const plain = text.replace(/^data:[^,]*,/, '').replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(plain)) throw new AppError('invalid_request', 'audio_base64 is not base64.', { field: 'audio_base64' });
  return Buffer.from(plain, 'base64');
}

async function fromBucket(key: string, options: FetchAudioOptions): Promise<FetchedAudio> {
  if (!options.bucket) {
    throw new AppError('invalid_request', 'audio_key names an object in the bucket, and this worker has none: BUCKET_ENDPOINT_URL is not set.', {
      field: 'audio_key',
    });
  }
  const { body } = await options.bucket.read(key);
  return await write(body, path.posix.basename(key).slice(0, 200) || 'audio', options);
}

async function download(address: string, options: FetchAudioOptions): Promise<FetchedAudio> {
  const { allowInsecure, signal } = options;
  const agent = new Agent({ connect: allowInsecure ? {} : { lookup: publicLookup }, headersTimeout: SILENCE_MS, bodyTimeout: SILENCE_MS });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(FETCH_MS)]);
  try {
    let url = jobAddress(address, { allowInsecure, field: 'audio' });
    for (let count = 0; count <= REDIRECTS; count++) {
      const answer = await request(url, { dispatcher: agent, signal: limit, headers: { 'user-agent': 'bulk-transcribe (worker)' } });
      const { location } = answer.headers;
      if (answer.statusCode >= 300 && answer.statusCode < 400 && typeof location === 'string') {
        await answer.body.dump();
        url = jobAddress(new URL(location, url).href, { allowInsecure, field: 'audio' });
        continue;
      }
      if (answer.statusCode !== 200) throw failedWith(`its server answered ${answer.statusCode}`);
      return await write(answer.body, nameOf(url), options);
    }
    throw failedWith('it is redirected too often');
  } catch (cause) {
    if (signal.aborted || cause instanceof AppError) throw cause;
    throw failedWith(reasonOf(cause), cause);
  } finally {
    await agent.destroy();
  }
}

const failedWith = (why: string, cause?: unknown): AppError =>
  new AppError('invalid_request', `The audio could not be fetched: ${why}.`, { field: 'audio', cause });

/** The address itself may hold a signature and stays out of messages. */
function reasonOf(cause: unknown): string {
  const { name, code, message } = cause as Partial<NodeJS.ErrnoException>;
  return name === 'TimeoutError' ? 'it took too long' : (code ?? message ?? 'the connection failed');
}

function nameOf(url: URL): string {
  try {
    return decodeURIComponent(path.posix.basename(url.pathname)).slice(0, 200) || 'audio';
  } catch {
    return 'audio';
  }
}

async function write(body: Readable, name: string, { file, maxBytes, signal }: FetchAudioOptions): Promise<FetchedAudio> {
  const hash = createHash('sha256');
  let size = 0;
  async function* counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > maxBytes)
        throw new AppError('payload_too_large', `The audio is larger than ${maxBytes} bytes (MAX_AUDIO_BYTES).`, { field: 'audio' });
      hash.update(chunk);
      yield chunk;
    }
  }
  await pipeline(body, counted, createWriteStream(file, { mode: 0o600, flush: true }), { signal });
  if (size === 0) throw new AppError('invalid_request', 'The audio holds no bytes.', { field: 'audio' });
  return { name, size, sha256: hash.digest('hex') };
}
