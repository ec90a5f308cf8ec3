/** Sends the queue's files, two at a time, and keeps the queue's state. */
import type { Recording } from '@bulk-transcribe/protocol';
import { client } from '../api/client.ts';
import { problemOfCause } from '../api/request.ts';
import { fileSize } from '../sizes.ts';
import { createStore, type Store } from '../store.ts';
import { strings } from '../strings.ts';
import type { ChosenFile } from './chosen-files.ts';
import { fingerprintOf, forgetHalfUpload, type HalfUpload, halfUploads } from './half-uploads.ts';
import { connectTabs } from './other-tabs.ts';
import { type FileToStore, storeFile } from './store-file.ts';
import { isUnderway, nextToSend, reduceUploads, type Upload, type UploadAction } from './upload-queue.ts';

export interface Uploader extends Store<readonly Upload[], UploadAction> {
  /** Files above `maxBytes` and empty ones are shown with the reason and not sent. */
  readonly add: (files: readonly ChosenFile[], maxBytes: number) => void;
  readonly retry: (id: string) => void;
  /** Stops it if it is being sent, here and with the controller; a stored recording is deleted. */
  readonly remove: (upload: Upload) => void;
  /** Asks the controller what is stored. */
  readonly refresh: () => void;
  /** Lets go of what a job uses now. */
  readonly dropUsed: () => void;
  /** Stops what is being sent and forgets all; what is stored stays with the session that it was sent in. */
  readonly forgetAll: () => void;
}

type Sending = Pick<FileToStore, 'file' | 'abort'>;

/** `inJobs`: the recordings of the session's jobs. */
export function createUploader(inJobs: () => readonly Recording[]): Uploader {
  const store = createStore<readonly Upload[], UploadAction>([], reduceUploads);
  const files = new Map<string, Sending>();
  const dropUsed = () => store.dispatch({ type: 'used', recordings: inJobs() });
  const { changed, refresh } = shareStored(store, dropUsed);

  const held = () => [...inJobs(), ...store.get().flatMap(({ recording }) => recording ?? [])];
  const send = async ({ id }: Upload) => {
    const sending = files.get(id);
    if (!sending) return;
    try {
      const recording = await storeFile({ id, ...sending, dispatch: store.dispatch, held });
      files.delete(id);
      store.dispatch({ type: 'stored', id, recording });
      changed();
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
    refresh,
    dropUsed,
    dispatch: (action) => {
      store.dispatch(action);
      if (action.type === 'removed') changed();
    },
    add: (chosen, maxBytes) => {
      const uploads = chosen.map((item) => toUpload(item, maxBytes));
      for (const [i, { id }] of uploads.entries()) {
        const file = chosen[i]?.file;
        if (file && !files.has(id)) files.set(id, { file, abort: new AbortController() });
      }
      store.dispatch({ type: 'added', uploads });
    },
    retry: (id) => store.dispatch({ type: 'again', id }),
    remove: (upload) => {
      files.get(upload.id)?.abort.abort();
      files.delete(upload.id);
      store.dispatch({ type: 'removed', ids: [upload.id] });
      changed();
      // If this fails the recording stays with the controller, and is listed again; half uploads expire.
      if (upload.recording) client.deleteRecording(upload.recording.id).then(changed, refresh);
      else void forgetHalfUpload(upload.fingerprint);
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
  const { name, size } = file;
  return {
    id,
    name,
    size,
    folder,
    fingerprint: fingerprintOf(file),
    state,
    checked: 0,
    sent: 0,
    recordingId: null,
    recording: null,
    problem,
    canRetry: problem === null,
  };
}

function refusal({ size }: File, maxBytes: number) {
  if (size === 0) return strings.problems.emptyFile;
  return size > maxBytes ? strings.problems.tooLarge(fileSize(maxBytes)) : null;
}

/** The controller knows what is stored, and the tabs of a browser tell each other when that changed. */
function shareStored(store: Store<readonly Upload[], UploadAction>, dropUsed: () => void) {
  let changes = 0;
  let listedHalves = false;
  const ask = async (): Promise<void> => {
    const before = changes;
    const recordings = await client.recordings();
    // What was stored or used here meanwhile may be missing in the answer.
    if (changes !== before) return ask();
    store.dispatch({ type: 'listed', recordings });
    dropUsed();
    if (listedHalves) return;
    listedHalves = true;
    store.dispatch({ type: 'half', uploads: await abandoned() });
  };
  // Without an answer the page says so, and asks again when the connection is back.
  const refresh = () => void ask().catch(() => undefined);
  const tabs = connectTabs({
    onChanged: refresh,
    ownSending: () =>
      store
        .get()
        .filter(isUnderway)
        .map(({ fingerprint }) => fingerprint),
  });
  const abandoned = async () => {
    const [halves, sentElsewhere] = await Promise.all([halfUploads(), tabs.sending()]);
    return halves.filter(({ fingerprint }) => !sentElsewhere.has(fingerprint)).map(asHalf);
  };
  const changed = () => {
    changes++;
    tabs.tellChanged();
  };
  return { changed, refresh };
}

const asHalf = ({ fingerprint, name, size, sent }: HalfUpload): Upload => ({
  ...{ id: `half ${fingerprint}`, name, size, folder: '', fingerprint, state: 'half' },
  ...{ checked: 0, sent, recordingId: null, recording: null, problem: null, canRetry: false },
});

function warnBeforeLeaving(store: Store<readonly Upload[], UploadAction>): void {
  addEventListener('beforeunload', (event) => {
    if (store.get().some(isUnderway)) event.preventDefault();
  });
}
