import type { Recording } from '@bulk-transcribe/protocol';
import { client } from '../api/client.ts';
import { RequestError } from '../api/request.ts';
import { hashFile } from './hash-file.ts';
import { sendFile } from './send-file.ts';
import type { UploadAction } from './upload-queue.ts';

export interface FileToStore {
  readonly id: string;
  readonly file: File;
  readonly abort: AbortController;
  readonly dispatch: (action: UploadAction) => void;
  /** What the session holds, as far as this page knows. */
  readonly held: () => readonly Recording[];
}

/** One file becomes a recording: hash it, ask whether its bytes are known, else send them. */
export async function storeFile({ id, file, abort, dispatch, held }: FileToStore): Promise<Recording> {
  const { signal } = abort;
  dispatch({ type: 'checking', id, checked: 0 });
  const sha256 = await hashFile(file, { signal, onProgress: (checked) => dispatch({ type: 'checking', id, checked }) });
  const isHeld = held().some((recording) => recording.sha256 === sha256 && recording.size === file.size);
  const known = sha256 === null || !isHeld ? null : await addKnown({ sha256, size: file.size, name: file.name }, signal);
  if (known) return known;
  dispatch({ type: 'paused', id, paused: false });
  return sendFile(file, {
    sha256,
    signal,
    onArrived: (sent, recordingId) => dispatch({ type: 'arrived', id, sent, recordingId }),
    onPaused: (paused) => dispatch({ type: 'paused', id, paused }),
  });
}

/** Null where the bytes have to be sent: they are not known, or nobody answered. */
const addKnown = (...[file, signal]: Parameters<typeof client.addKnown>): Promise<Recording | null> =>
  client.addKnown(file, signal).catch((cause: unknown) => {
    if (cause instanceof RequestError) return null;
    throw cause;
  });
