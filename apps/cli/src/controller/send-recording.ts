/** Sends a file by the tus protocol: waits out a lost connection, goes on where an earlier run stopped. */
import { createReadStream } from 'node:fs';
import { AppError, fromErrorBody, type Recording } from '@bulk-transcribe/protocol';
import { DetailedError, Upload } from 'tus-js-client';
import type { ControllerApi } from './controller-api.ts';
import { PAUSES_MS } from './wait.ts';

/** A piece is acknowledged at once. */
const PIECE_BYTES = 4 * 1024 * 1024;

export interface FileToSend {
  readonly path: string;
  readonly name: string;
  readonly sha256: string;
  /** Where an earlier run was sending it to; null where none was. */
  readonly address: string | null;
  readonly onAddress: (address: string) => void;
  /** Bytes that have arrived, and all. */
  readonly onSent: (sent: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** Rejects with what the controller says against the file, with controller_unavailable, or with the signal's reason. */
export async function sendRecording(api: ControllerApi, file: FileToSend): Promise<Recording> {
  const address = (file.address !== null && (await sendTo(api, file, file.address))) || (await sendTo(api, file, null));
  if (!address) throw new AppError('controller_unavailable', `The upload of ${file.name} was lost on the way.`);
  return await api.recording(address.split('/').at(-1) ?? '');
}

/** The address of the complete upload; null where the controller does not know it any more. */
function sendTo(api: ControllerApi, file: FileToSend, address: string | null): Promise<string | null> {
  const { signal } = file;
  const { url: endpoint, headers } = api.uploads;
  return new Promise((resolve, reject) => {
    const upload = new Upload(createReadStream(file.path) as never, {
      endpoint: address === null ? endpoint : null,
      uploadUrl: address,
      headers,
      chunkSize: PIECE_BYTES,
      metadata: { filename: file.name, sha256: file.sha256 },
      retryDelays: [...PAUSES_MS],
      storeFingerprintForResuming: false,
      onShouldRetry: (cause) => mayHelp(statusOf(cause)),
      onUploadUrlAvailable: () => {
        // From here on it never begins anew by itself: that would lose what has arrived.
        upload.options.endpoint = null;
        if (upload.url && upload.url !== address) file.onAddress(upload.url);
      },
      onChunkComplete: (_size, sent, total) => file.onSent(sent, total),
      onError: (cause) => settle(() => (isGone(statusOf(cause)) ? resolve(null) : reject(asAppError(cause, file.name)))),
      onSuccess: () => settle(() => resolve(upload.url)),
    });
    const stop = () => {
      void upload.abort();
      reject(signal.reason);
    };
    const settle = (end: () => void) => {
      signal.removeEventListener('abort', stop);
      end();
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    upload.start();
  });
}

/** 0: no answer. */
const statusOf = (cause: unknown): number => (cause instanceof DetailedError ? (cause.originalResponse?.getStatus() ?? 0) : 0);
const isGone = (status: number): boolean => status === 404 || status === 410;
/** 507 is a full disk or quota; other 5xx are a controller or a proxy that is not up. */
const mayHelp = (status: number): boolean => status !== 507 && (status === 0 || status >= 500 || [408, 409, 423, 429].includes(status));

function asAppError(cause: unknown, name: string): unknown {
  if (!(cause instanceof DetailedError)) return cause;
  const unavailable = new AppError('controller_unavailable', `The upload of ${name} got no answer any more.`, { cause });
  return fromErrorBody(parsed(cause.originalResponse?.getBody() ?? ''), unavailable);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
