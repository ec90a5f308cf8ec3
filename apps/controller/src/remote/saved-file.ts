/** A file of settings under DATA_ROOT/config that its owner saves on the page. It may hold tokens: mode 0600, never in a log. */
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '@bulk-transcribe/service';
import type { Logger } from 'pino';

export interface SavedFile<T> {
  readonly dataRoot: string;
  readonly name: string;
  /** Null where the value is none of ours. */
  readonly parse: (value: unknown) => T | null;
}

export interface Saved<T> {
  /** Null where nothing was saved. */
  readonly saved: T | null;
  /** Name of a file that could not be read and lies aside; null where all is well. */
  readonly broken: string | null;
}

const folderOf = ({ dataRoot }: { readonly dataRoot: string }): string => path.join(dataRoot, 'config');
const asideOf = ({ name }: { readonly name: string }): string => `${name}.broken-`;

/** A file that cannot be understood is moved aside, so that the next save does not overwrite what may be mended. */
export async function readSaved<T>(file: SavedFile<T>, log: Logger): Promise<Saved<T>> {
  const text = await readFile(path.join(folderOf(file), file.name), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw cause;
  });
  if (text === null) return { saved: null, broken: await newestAside(file) };
  const saved = file.parse(toValue(text));
  if (saved) return { saved, broken: null };
  const broken = asideOf(file) + new Date().toISOString().replace(/[:.]/g, '-');
  await rename(path.join(folderOf(file), file.name), path.join(folderOf(file), broken));
  // Not its content: that may hold a token.
  log.error({ file: broken }, 'a saved configuration could not be read and was kept aside');
  return { saved: null, broken };
}

export async function writeSaved<T>(file: SavedFile<T>, saved: T): Promise<void> {
  await mkdir(folderOf(file), { recursive: true, mode: 0o700 });
  await writeAtomically(path.join(folderOf(file), file.name), `${JSON.stringify(saved, null, 2)}\n`);
}

function toValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function newestAside(file: SavedFile<unknown>): Promise<string | null> {
  const names = await readdir(folderOf(file)).catch(() => []);
  return (
    names
      .filter((name) => name.startsWith(asideOf(file)))
      .sort()
      .at(-1) ?? null
  );
}
