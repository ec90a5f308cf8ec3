import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '@bulk-transcribe/service';

const KEY_BYTES = 32;

/** The key that signs session cookies, made at the first start: DATA_ROOT/config/session-key, readable by its owner alone. */
export async function readSessionKey(dataRoot: string): Promise<Buffer> {
  const file = path.join(dataRoot, 'config', 'session-key');
  const key = (await readIfThere(file)) ?? (await createKey(file));
  if (key.length === KEY_BYTES) return key;
  throw new Error(`${file} is damaged. Delete it and start again: every browser then begins a new, empty session.`);
}

async function readIfThere(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw cause;
  }
}

async function createKey(file: string): Promise<Buffer> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const key = randomBytes(KEY_BYTES);
  await writeAtomically(file, key);
  return key;
}
