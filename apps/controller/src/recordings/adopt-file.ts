import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { syncFolder } from '@bulk-transcribe/service';
import type { StoredFile } from './store-file.ts';

/** Large reads: a recording may have gigabytes. */
const READ_BYTES = 1024 * 1024;

/** Syncs a complete file, moves it to its place, and says what it is. Goes on where a kill stopped it: the file may have moved already. */
export async function adoptFile({ from, final }: { from: string; final: string }): Promise<StoredFile> {
  const moved = !existsSync(from);
  const stored = await measure(moved ? final : from);
  if (!moved) await rename(from, final);
  await syncFolder(path.dirname(final));
  return stored;
}

async function measure(file: string): Promise<StoredFile> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
    const hash = createHash('sha256');
    await pipeline(createReadStream(file, { highWaterMark: READ_BYTES }), hash);
    const { size } = await handle.stat();
    return { size, sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
}
