import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { AppError } from '@bulk-transcribe/protocol';
import { syncFolder } from '@bulk-transcribe/service';

export interface StoredFile {
  /** Bytes. */
  readonly size: number;
  /** SHA-256, hex. */
  readonly sha256: string;
}

export interface FileToStore {
  readonly bytes: Readable;
  /** Where the bytes go while they arrive. */
  readonly partial: string;
  /** Where the complete file appears at once. */
  readonly final: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Writes a stream to disk: synced, then renamed, then the folder synced, so that a power cut leaves all of it or nothing. */
export async function storeFile(file: FileToStore): Promise<StoredFile> {
  try {
    const stored = await writePartial(file);
    await rename(file.partial, file.final);
    await syncFolder(path.dirname(file.final));
    return stored;
  } catch (cause) {
    await rm(file.partial, { force: true });
    throw file.signal.aborted ? file.signal.reason : cause;
  }
}

async function writePartial({ bytes, partial, maxBytes, signal }: FileToStore): Promise<StoredFile> {
  const handle = await open(partial, 'wx');
  addAbortSignal(signal, bytes);
  try {
    const stored = await copyHashed({ bytes, handle, maxBytes });
    if (stored.size === 0) throw new AppError('media_empty', 'The file is empty.');
    await handle.sync();
    return stored;
  } finally {
    await handle.close();
  }
}

interface Copy {
  readonly bytes: Readable;
  readonly handle: FileHandle;
  readonly maxBytes: number;
}

async function copyHashed({ bytes, handle, maxBytes }: Copy): Promise<StoredFile> {
  const hash = createHash('sha256');
  let size = 0;
  // The source stays open on an error: destroying a request would cut the connection before the answer that says why.
  for await (const chunk of bytes.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    hash.update(chunk);
    await handle.writeFile(chunk);
  }
  return { size, sha256: hash.digest('hex') };
}

export const tooLarge = (maxBytes: number): AppError =>
  new AppError('payload_too_large', `The file is larger than ${maxBytes.toLocaleString('en')} bytes.`);
