/**
 * Half uploads that this browser remembers: tus keeps the address of each in localStorage until it is through. After a
 * reload the browser cannot open the files by itself; the page lists what is half and asks for them again.
 */
import { defaultOptions, type PreviousUpload, Upload } from 'tus-js-client';

const PREFIX = 'bulk-transcribe';
const PROTOCOL = { 'tus-resumable': '1.0.0' };

/** The same file chosen again, wherever from, is known by what the browser tells of it. */
export const fingerprintOf = ({ name, size, lastModified }: Pick<File, 'name' | 'size' | 'lastModified'>): string =>
  [PREFIX, encodeURIComponent(name), size, lastModified].join('|');

export interface HalfUpload {
  readonly fingerprint: string;
  readonly name: string;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Bytes that the controller has. */
  readonly sent: number;
}

/** Those that the controller still has; what it has no more is forgotten. Those it could not be asked about are listed as unsent. */
export async function halfUploads(): Promise<HalfUpload[]> {
  const known = (await defaultOptions.urlStorage.findAllUploads()).filter(({ urlStorageKey }) => urlStorageKey.startsWith(`tus::${PREFIX}|`));
  const found = await Promise.all(known.map(ask));
  return found.filter((upload) => upload !== null);
}

/** Ends it with the controller and here. */
export async function forgetHalfUpload(fingerprint: string): Promise<void> {
  for (const { uploadUrl, urlStorageKey } of await defaultOptions.urlStorage.findUploadsByFingerprint(fingerprint)) {
    await defaultOptions.urlStorage.removeUpload(urlStorageKey);
    // If this fails the controller lets it expire.
    if (uploadUrl) await Upload.terminate(uploadUrl).catch(() => undefined);
  }
}

async function ask(known: PreviousUpload): Promise<HalfUpload | null> {
  const answer = await fetch(known.uploadUrl ?? '', { method: 'HEAD', headers: PROTOCOL }).catch(() => null);
  const sent = Number(answer?.headers.get('upload-offset') ?? 0);
  const size = known.size ?? 0;
  // Complete: it became a recording while the answer was lost, and the controller lists it.
  if (answer?.status === 404 || (answer?.ok && sent === size)) {
    await defaultOptions.urlStorage.removeUpload(known.urlStorageKey);
    return null;
  }
  const fingerprint = known.urlStorageKey.split('::')[1] ?? '';
  return { fingerprint, name: known.metadata['filename'] ?? '', size, sent };
}
