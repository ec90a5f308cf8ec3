/**
 * Stored recordings that are not yet part of a job, remembered across a reload and shared by all tabs of this browser.
 * The recordings themselves are safe with the controller; this is only the list.
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

export function keep(uploads: readonly Upload[]): void {
  const text = JSON.stringify(uploads.filter(({ state }) => state === 'stored'));
  if (text === read()) return;
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // Storage is full or forbidden: the list then lives as long as the page.
  }
}

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
