/** Sends the queue's files, two at a time, and keeps the queue's state. */
import { client } from '../api/client.ts';
import { problemOfCause } from '../api/request.ts';
import { uploadFile } from '../api/upload-file.ts';
import { fileSize } from '../sizes.ts';
import { createStore, type Store } from '../store.ts';
import { strings } from '../strings.ts';
import type { ChosenFile } from './chosen-files.ts';
import { forgetUploads, keepUpload, onKeptElsewhere, readKept } from './kept-uploads.ts';
import { isUnderway, nextToSend, reduceUploads, type Upload, type UploadAction } from './upload-queue.ts';

export interface Uploader extends Store<readonly Upload[], UploadAction> {
  /** Files above `maxBytes` and empty ones are shown with the reason and not sent. */
  readonly add: (files: readonly ChosenFile[], maxBytes: number) => void;
  readonly retry: (id: string) => void;
  /** Stops it if it is being sent; a stored recording is deleted. */
  readonly remove: (upload: Upload) => void;
  /** Stops what is being sent and forgets all; what is stored stays with the session that it was sent in. */
  readonly forgetAll: () => void;
}

interface Sending {
  readonly file: File;
  readonly abort: AbortController;
}

export function createUploader(): Uploader {
  const store = createRememberedStore();
  const files = new Map<string, Sending>();

  const send = async ({ id }: Upload) => {
    const sending = files.get(id);
    if (!sending) return;
    store.dispatch({ type: 'sending', id });
    const { file, abort } = sending;
    try {
      const recording = await uploadFile(file, { onProgress: (sent) => store.dispatch({ type: 'progress', id, sent }), signal: abort.signal });
      store.dispatch({ type: 'stored', id, recording });
      files.delete(id);
    } catch (cause) {
      store.dispatch({ type: 'failed', id, problem: problemOfCause(cause) });
    }
  };
  const pump = () => {
    // One at a time: beginning it changes the queue, which brings us here again.
    const [next] = nextToSend(store.get());
    if (next) void send(next);
  };
  store.subscribe(pump);
  warnBeforeLeaving(store);

  return {
    ...store,
    add: (chosen, maxBytes) => {
      const uploads = chosen.map((item) => toUpload(item, maxBytes));
      for (const [i, { id }] of uploads.entries()) if (chosen[i]) files.set(id, { file: chosen[i].file, abort: new AbortController() });
      store.dispatch({ type: 'added', uploads });
    },
    retry: (id) => store.dispatch({ type: 'again', id }),
    remove: (upload) => {
      files.get(upload.id)?.abort.abort();
      files.delete(upload.id);
      store.dispatch({ type: 'removed', ids: [upload.id] });
      // If this fails the recording stays with the controller, unused; there is nothing for the person to do.
      if (upload.recording) client.deleteRecording(upload.recording.id).catch(() => undefined);
    },
    forgetAll: () => {
      for (const { abort } of files.values()) abort.abort();
      files.clear();
      store.dispatch({ type: 'removed', ids: store.get().map(({ id }) => id) });
    },
  };
}

function toUpload({ file, folder }: ChosenFile, maxBytes: number): Upload {
  // The same file chosen twice is the same upload.
  const id = [folder, file.webkitRelativePath || file.name, file.size, file.lastModified].join('|');
  const problem = refusal(file, maxBytes);
  const state = problem ? ('failed' as const) : ('waiting' as const);
  return { id, name: file.name, size: file.size, folder, state, sent: 0, recording: null, problem, canRetry: problem === null };
}

function refusal({ size }: File, maxBytes: number) {
  if (size === 0) return strings.problems.emptyFile;
  return size > maxBytes ? strings.problems.tooLarge(fileSize(maxBytes)) : null;
}

/** Stored uploads outlive the page, and the tabs of a browser share them. */
function createRememberedStore(): Store<readonly Upload[], UploadAction> {
  const store = createStore(readKept(), reduceUploads);
  onKeptElsewhere((kept) => store.dispatch({ type: 'kept-elsewhere', kept }));
  return {
    ...store,
    dispatch: (action) => {
      store.dispatch(action);
      if (action.type === 'removed') forgetUploads(action.ids);
      const stored = action.type === 'stored' ? store.get().find(({ id }) => id === action.id) : undefined;
      if (stored) keepUpload(stored);
    },
  };
}

function warnBeforeLeaving(store: Store<readonly Upload[], UploadAction>): void {
  addEventListener('beforeunload', (event) => {
    if (store.get().some(isUnderway)) event.preventDefault();
  });
}
