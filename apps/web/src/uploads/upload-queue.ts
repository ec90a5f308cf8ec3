/**
 * The uploads of this page, pure. waiting → sending → stored | failed; a failed one may wait again.
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
  readonly state: 'waiting' | 'sending' | 'stored' | 'failed';
  /** Bytes that left this computer. */
  readonly sent: number;
  readonly recording: Recording | null;
  readonly problem: Problem | null;
  /** False where another try cannot help: the file itself is refused. */
  readonly canRetry: boolean;
}

export type UploadAction =
  | { readonly type: 'added'; readonly uploads: readonly Upload[] }
  | { readonly type: 'sending'; readonly id: string }
  | { readonly type: 'progress'; readonly id: string; readonly sent: number }
  | { readonly type: 'stored'; readonly id: string; readonly recording: Recording }
  | { readonly type: 'failed'; readonly id: string; readonly problem: Problem }
  | { readonly type: 'again'; readonly id: string }
  | { readonly type: 'removed'; readonly ids: readonly string[] }
  /** The stored uploads as another tab left them. */
  | { readonly type: 'kept-elsewhere'; readonly kept: Uploads };

type Uploads = readonly Upload[];

export function reduceUploads(uploads: Uploads, action: UploadAction): Uploads {
  switch (action.type) {
    case 'added':
      return [...uploads, ...action.uploads.filter(({ id }) => !has(uploads, id))];
    case 'sending':
      return change(uploads, action.id, { state: 'sending', sent: 0, problem: null });
    case 'progress':
      return change(uploads, action.id, { sent: action.sent });
    case 'stored':
      return change(uploads, action.id, { state: 'stored', recording: action.recording });
    case 'failed':
      return change(uploads, action.id, { state: 'failed', problem: action.problem });
    case 'again':
      return change(uploads, action.id, { state: 'waiting', sent: 0, problem: null });
    case 'removed':
      return uploads.filter(({ id }) => !action.ids.includes(id));
    case 'kept-elsewhere':
      return [...uploads.filter(({ id, state }) => state !== 'stored' && !has(action.kept, id)), ...action.kept];
  }
}

const has = (uploads: Uploads, id: string): boolean => uploads.some((upload) => upload.id === id);

const change = (uploads: Uploads, id: string, part: Partial<Upload>): Uploads =>
  uploads.map((upload) => (upload.id === id ? { ...upload, ...part } : upload));

/** Which uploads may begin now, oldest first. */
export function nextToSend(uploads: Uploads): readonly Upload[] {
  const sending = uploads.filter(({ state }) => state === 'sending').length;
  return uploads.filter(({ state }) => state === 'waiting').slice(0, Math.max(0, MAX_SENDING - sending));
}

export const isUnderway = ({ state }: Upload): boolean => state === 'waiting' || state === 'sending';

export interface UploadTotals {
  readonly stored: number;
  readonly underway: number;
  /** 0 to 1, by bytes, of everything that is stored or under way. */
  readonly fraction: number;
}

export function uploadTotals(uploads: Uploads): UploadTotals {
  const counted = uploads.filter(({ state }) => state !== 'failed');
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
