/** Sends one file by the tus protocol: goes on where it stopped, waits out a lost connection, tells only what has arrived. */
import type { Recording } from '@bulk-transcribe/protocol';
import { DetailedError, Upload } from 'tus-js-client';
import { client, uploadsUrl } from '../api/client.ts';
import { parseJson, problemOf, RequestError } from '../api/request.ts';
import { fingerprintOf } from './half-uploads.ts';

/** A piece is acknowledged at once: small enough for truthful progress on slow lines, large enough for fast ones. */
const PIECE_BYTES = 4 * 1024 * 1024;
/** Pauses before the next try, milliseconds; the last one repeats. A browser that comes online again tries at once. */
const PAUSES_MS = [0, 1000, 2000, 5000, 10_000];

export interface SendOptions {
  readonly sha256: string | null;
  /** Bytes that the controller has acknowledged, and the id that the recording will have. */
  readonly onArrived: (bytes: number, recordingId: string) => void;
  /** The connection is lost, or back. */
  readonly onPaused: (paused: boolean) => void;
  readonly signal: AbortSignal;
}

/** Throws RequestError where the controller refuses the file; rejects with the signal's reason. */
export async function sendFile(file: File, options: SendOptions): Promise<Recording> {
  const { signal, onPaused } = options;
  const progress = { failures: 0 };
  const upload: Upload = newUpload(file, (bytes) => {
    progress.failures = 0;
    onPaused(false);
    options.onArrived(bytes, idOf(upload));
  });
  if (options.sha256 !== null) upload.options.metadata = { ...upload.options.metadata, sha256: options.sha256 };
  const [known] = await upload.findPreviousUploads();
  if (known) upload.resumeFromPreviousUpload(known);
  for (;;) {
    try {
      await attempt(upload, signal);
      return await client.recording(idOf(upload));
    } catch (cause) {
      signal.throwIfAborted();
      const status = statusOf(cause);
      if (upload.url && (status === 404 || status === 410)) upload.url = null;
      else if (isRefusal(status)) throw asRequestError(cause, status);
      onPaused(progress.failures > 0);
      await worthTrying(PAUSES_MS[Math.min(progress.failures++, PAUSES_MS.length - 1)] ?? 0, signal);
    }
  }
}

function newUpload(file: File, onArrived: (bytes: number) => void): Upload {
  return new Upload(file, {
    chunkSize: PIECE_BYTES,
    metadata: { filename: file.name },
    fingerprint: async () => fingerprintOf(file),
    removeFingerprintOnSuccess: true,
    // The loop above decides what is tried again.
    retryDelays: null,
    onAfterResponse: (_request, response) => {
      const offset = response.getHeader('Upload-Offset');
      if (response.getStatus() < 300 && offset) onArrived(Number(offset));
    },
  });
}

/** One try, from where the controller says that the bytes end. */
function attempt(upload: Upload, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      // Also ends it with the controller, and forgets its address here.
      upload.abort(true).catch(() => undefined);
      reject(signal.reason);
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    const settle = (end: () => void) => {
      signal.removeEventListener('abort', stop);
      end();
    };
    // Without an endpoint tus cannot begin anew where it only got no answer to its question, and lose what has arrived.
    upload.options.endpoint = upload.url ? null : new URL(uploadsUrl, location.href).href;
    upload.options.onSuccess = () => settle(resolve);
    upload.options.onError = (error) => settle(() => reject(error));
    upload.start();
  });
}

/** After the pause, or as soon as the browser says that it is online again. */
function worthTrying(pauseMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    const end = (settle: () => void) => {
      done.abort();
      clearTimeout(timer);
      settle();
    };
    const timer = setTimeout(() => end(resolve), pauseMs);
    addEventListener('online', () => end(resolve), { signal: done.signal });
    signal.addEventListener('abort', () => end(() => reject(signal.reason)), { signal: done.signal });
  });
}

const idOf = ({ url }: Upload): string => url?.split('/').at(-1) ?? '';

/** 0: no answer. */
function statusOf(cause: unknown): number {
  if (cause instanceof RequestError) return cause.status;
  return cause instanceof DetailedError ? (cause.originalResponse?.getStatus() ?? 0) : 0;
}

/** What another try would not change: 507 is a full disk or quota; other 5xx are a controller or a proxy that is not up. */
const isRefusal = (status: number): boolean => status === 507 || (status >= 400 && status < 500 && ![408, 409, 423, 429].includes(status));

function asRequestError(cause: unknown, status: number): unknown {
  if (!(cause instanceof DetailedError)) return cause;
  return new RequestError(status, problemOf(parseJson(cause.originalResponse?.getBody() ?? ''), status), { cause });
}
