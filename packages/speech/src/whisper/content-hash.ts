/** SHA-256 of files, remembered: reading a checkpoint of gigabytes at every start would take longer than opening it. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256Of } from '../sha256-of.ts';
import { damaged } from './checkpoint/damaged.ts';

/** A file that changed so recently may change again within the same tick of the file system's clock, in milliseconds. */
const SETTLED_AFTER = 2000;

interface Remembered {
  /** Place, size and times of the file that was read. The time of change (ctime) cannot be set back by a program. */
  readonly stamp: string;
  readonly sha256: string;
}

export interface FileHash {
  readonly name: string;
  readonly sha256: string;
}

/** Hashes of `names` in `folder`; `memory` is a file of ours that keeps them. */
export async function hashFiles(folder: string, names: readonly string[], memory: string): Promise<FileHash[]> {
  const known = await recall(memory);
  const found: Record<string, Remembered> = {};
  const hashes: FileHash[] = [];
  for (const name of names) {
    const file = path.resolve(folder, name);
    const stamp = await stampOf(file);
    const sha256 = known[file]?.stamp === stamp.text ? known[file].sha256 : await hashOf(file);
    if (stamp.settled && (await stampOf(file)).text === stamp.text) found[file] = { stamp: stamp.text, sha256 };
    hashes.push({ name, sha256 });
  }
  await remember(memory, { ...known, ...found });
  return hashes;
}

async function stampOf(file: string): Promise<{ text: string; settled: boolean }> {
  const before = BigInt(Date.now() - SETTLED_AFTER);
  try {
    const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = await stat(file, { bigint: true });
    return { text: [dev, ino, size, mtimeNs, ctimeNs].join(' '), settled: ctimeMs < before };
  } catch (cause) {
    throw damaged(path.basename(file), 'it cannot be read', cause);
  }
}

const hashOf = (file: string): Promise<string> =>
  sha256Of(file).catch((cause: unknown) => {
    throw damaged(path.basename(file), 'it cannot be read', cause);
  });

/** Whatever is wrong with the memory, the files are read again. */
async function recall(memory: string): Promise<Record<string, Remembered>> {
  try {
    const value: unknown = JSON.parse(await readFile(memory, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, Remembered>) : {};
  } catch {
    return {};
  }
}

async function remember(memory: string, known: Readonly<Record<string, Remembered>>): Promise<void> {
  await mkdir(path.dirname(memory), { recursive: true });
  const partial = `${memory}.${randomUUID()}.partial`;
  await writeFile(partial, JSON.stringify(known));
  await rename(partial, memory);
}
