import { open, rename } from 'node:fs/promises';
import path from 'node:path';

/** Writes a file so that, whatever happens, a reader finds the old text or the new one, whole and durable. */
export async function writeAtomically(file: string, text: string | Uint8Array): Promise<void> {
  const temporary = `${file}.tmp`;
  await using handle = await open(temporary, 'w', 0o600);
  await handle.writeFile(text);
  await handle.sync();
  await rename(temporary, file);
  await syncFolder(path.dirname(file));
}

/** The name of a file is durable once its folder is synced (fsync(2), notes). Windows has no such call, and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using handle = await open(folder, 'r');
  await handle.sync();
}
