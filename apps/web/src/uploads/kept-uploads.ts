/**
 * Stored recordings that are not yet part of a job, remembered across a reload and shared by all tabs of this browser.
 * The recordings themselves are safe with the controller; this is only the list. A tab writes only what it changed itself:
 * what it heard from another tab it never writes back.
 */
import { parseJson } from '../api/request.ts';
import type { Upload } from './upload-queue.ts';

const KEY = 'bulk-transcribe.stored-uploads';

export const readKept = (): readonly Upload[] => parseKept(read());

export function parseKept(text: string | null): readonly Upload[] {
  const list = text === null ? [] : parseJson(text);
  return Array.isArray(list) ? list.filter(isStored) : [];
}

const isStored = (value: unknown): value is Upload => {
  const upload = value as Partial<Upload> | null;
  return typeof upload?.id === 'string' && typeof upload.name === 'string' && upload.state === 'stored' && typeof upload.recording?.id === 'string';
};

export const keepUpload = (upload: Upload): void => write([...readKept().filter(({ id }) => id !== upload.id), upload]);

export const forgetUploads = (ids: readonly string[]): void => write(readKept().filter(({ id }) => !ids.includes(id)));

/** Another tab stored, removed or used recordings. */
export function onKeptElsewhere(listener: (kept: readonly Upload[]) => void): void {
  addEventListener('storage', ({ key, newValue }) => {
    if (key === KEY) listener(parseKept(newValue));
  });
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function write(uploads: readonly Upload[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(uploads));
  } catch {
    // Storage is full or forbidden: the list then lives as long as the page.
  }
}
