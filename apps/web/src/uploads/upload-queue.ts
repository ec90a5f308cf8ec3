/**
 * The uploads of this page, pure. waiting → checking (its hash is computed) → sending ⇄ paused (no connection) → stored | failed;
 * a failed one may wait again. half: begun before a reload, waits for its file to be chosen again.
 * Stored ones stay until they are part of a job.
 */
import type { Recording } from '@bulk-transcribe/protocol';
import type { Problem } from '../api/request.ts';

/** Two at a time keep the line full; more would only make each of them late. */
const MAX_SENDING = 2;

export interface Upload {
  readonly id: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** The dropped folder it came from; empty for single files. */
  readonly folder: string;
  /** The same for the same file, wherever it was chosen from. */
  readonly fingerprint: string;
  readonly state: 'waiting' | 'checking' | 'sending' | 'paused' | 'half' | 'stored' | 'failed';
  /** Bytes whose hash is computed. */
  readonly checked: number;
  /** Bytes that have arrived: the controller has acknowledged them. */
  readonly sent: number;
  /** Of the recording that it is, or will be once all bytes have arrived; null while that is not known. */
  readonly recordingId: string | null;
  readonly recording: Recording | null;
  readonly problem: Problem | null;
  /** False where another try cannot help: the file itself is refused. */
  readonly canRetry: boolean;
}

export type UploadAction =
  | { readonly type: 'added'; readonly uploads: readonly Upload[] }
  | { readonly type: 'checking'; readonly id: string; readonly checked: number }
  | { readonly type: 'arrived'; readonly id: string; readonly sent: number; readonly recordingId: string }
  | { readonly type: 'paused'; readonly id: string; readonly paused: boolean }
  | { readonly type: 'stored'; readonly id: string; readonly recording: Recording }
  | { readonly type: 'failed'; readonly id: string; readonly problem: Problem }
  | { readonly type: 'again'; readonly id: string }
  | { readonly type: 'removed'; readonly ids: readonly string[] }
  /** Begun before the page was reloaded. */
  | { readonly type: 'half'; readonly uploads: readonly Upload[] }
  /** What the controller holds for this session, and no job uses. */
  | { readonly type: 'listed'; readonly recordings: readonly Recording[] }
  /** They are part of a job now, whoever made it: an older list of stored recordings may still hold them. */
  | { readonly type: 'used'; readonly recordings: readonly Recording[] };

type Uploads = readonly Upload[];

export function reduceUploads(uploads: Uploads, action: UploadAction): Uploads {
  switch (action.type) {
    case 'added':
      return add(uploads, action.uploads);
    case 'checking':
      return change(uploads, action.id, { state: 'checking', checked: action.checked, problem: null });
    case 'arrived':
      return change(uploads, action.id, { state: 'sending', sent: action.sent, recordingId: action.recordingId, problem: null });
    case 'paused':
      return change(uploads, action.id, { state: action.paused ? 'paused' : 'sending' });
    case 'stored':
      return store(uploads, action.id, action.recording);
    case 'failed':
      return change(uploads, action.id, { state: 'failed', problem: action.problem });
    case 'again':
      return change(uploads, action.id, { state: 'waiting', problem: null });
    case 'removed':
      return uploads.filter(({ id }) => !action.ids.includes(id));
    case 'half':
      return [...uploads, ...action.uploads.filter(({ fingerprint }) => !uploads.some((known) => known.fingerprint === fingerprint))];
    case 'listed':
      return list(uploads, action.recordings);
    case 'used':
      return dropUsed(uploads, action.recordings);
  }
}

/** A file that is chosen again takes the place of its half upload, and begins where that ended. */
function add(uploads: Uploads, added: Uploads): Uploads {
  const fresh = added.filter(({ id }) => !has(uploads, id));
  const isChosen = (half: Upload) => half.state === 'half' && fresh.some(({ fingerprint }) => fingerprint === half.fingerprint);
  const sentBefore = new Map(uploads.filter(isChosen).map(({ fingerprint, sent }) => [fingerprint, sent]));
  const begun = fresh.map((upload) => ({ ...upload, sent: sentBefore.get(upload.fingerprint) ?? upload.sent }));
  return [...uploads.filter((upload) => !isChosen(upload)), ...begun];
}

/** The controller's list may have told of the recording before: it is one row, the one that was sent. */
function store(uploads: Uploads, id: string, recording: Recording): Uploads {
  const others = uploads.filter((upload) => upload.id === id || upload.recording?.id !== recording.id);
  return change(others, id, { state: 'stored', recordingId: recording.id, recording });
}

/** The controller's list decides what is stored; what is under way here stays. */
function list(uploads: Uploads, recordings: readonly Recording[]): Uploads {
  const holds = ({ recording }: Upload) => recording === null || recordings.some(({ id }) => id === recording.id);
  const shown = new Set(uploads.map(({ recordingId }) => recordingId));
  const unknown = recordings.filter(({ id }) => !shown.has(id));
  if (unknown.length === 0 && uploads.every(holds)) return uploads;
  return [...uploads.filter(holds), ...unknown.map(asStored)];
}

function dropUsed(uploads: Uploads, used: readonly Recording[]): Uploads {
  if (!uploads.some(({ recording }) => recording)) return uploads;
  const ids = new Set(used.map(({ id }) => id));
  const left = uploads.filter(({ recording }) => recording === null || !ids.has(recording.id));
  return left.length === uploads.length ? uploads : left;
}

const asStored = (recording: Recording): Upload => ({
  ...{ id: recording.id, name: recording.name, size: recording.size, folder: '', fingerprint: recording.id, state: 'stored' },
  ...{ checked: recording.size, sent: recording.size, recordingId: recording.id, recording, problem: null, canRetry: false },
});

const has = (uploads: Uploads, id: string): boolean => uploads.some((upload) => upload.id === id);

const change = (uploads: Uploads, id: string, part: Partial<Upload>): Uploads =>
  uploads.map((upload) => (upload.id === id ? { ...upload, ...part } : upload));

const isActive = ({ state }: Upload): boolean => state === 'checking' || state === 'sending' || state === 'paused';

/** Which uploads may begin now, oldest first. The same file twice goes one after the other: then the second has nothing to send. */
export function nextToSend(uploads: Uploads): readonly Upload[] {
  const active = uploads.filter(isActive);
  const free = uploads.filter(({ state, fingerprint }) => state === 'waiting' && !active.some((other) => other.fingerprint === fingerprint));
  const first = free.filter((upload, i) => free.findIndex(({ fingerprint }) => fingerprint === upload.fingerprint) === i);
  return first.slice(0, Math.max(0, MAX_SENDING - active.length));
}

export const isUnderway = (upload: Upload): boolean => upload.state === 'waiting' || isActive(upload);

export interface UploadTotals {
  readonly stored: number;
  readonly underway: number;
  /** 0 to 1, by bytes, of everything that is stored or under way. */
  readonly fraction: number;
}

export function uploadTotals(uploads: Uploads): UploadTotals {
  const counted = uploads.filter(({ state }) => state !== 'failed' && state !== 'half');
  const bytes = counted.reduce((sum, { size }) => sum + size, 0);
  const sent = counted.reduce((sum, upload) => sum + (upload.state === 'stored' ? upload.size : Math.min(upload.sent, upload.size)), 0);
  return {
    stored: uploads.filter(({ state }) => state === 'stored').length,
    underway: uploads.filter(isUnderway).length,
    fraction: bytes === 0 ? 0 : sent / bytes,
  };
}

/** A batch is named after its folder, if all of it comes from one; else the controller names it. */
export function batchName(uploads: Uploads): string | undefined {
  const folders = new Set(uploads.map(({ folder }) => folder));
  const [folder] = folders;
  return folders.size === 1 && folder ? folder : undefined;
}
