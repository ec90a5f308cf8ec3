import { open, rename } from 'node:fs/promises';
import path from 'node:path';

/** Writes a file so that, whatever happens, a reader finds the old text or the new one, whole and durable. */
export async function writeAtomically(file: string, text: string | Uint8Array): Promise<void> {
  const temporary = `${file}.tmp`;
  await using handle = await open(temporary, 'w', 0o600);
  await handle.writeFile(text);
  await handle.sync();
  await rename(temporary, file);
  await syncDirectory(path.dirname(file));
}

/** The name of a file is durable once its directory is synced (fsync(2), notes). */
async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory, 'r');
  await handle.sync();
}
