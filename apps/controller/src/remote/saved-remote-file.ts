/** DATA_ROOT/config/remote_worker.json: what was saved on the page, and the only file with the token. */
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { RemoteMode, remoteModes } from '@bulk-transcribe/protocol';
import { writeAtomically } from '@bulk-transcribe/service';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Logger } from 'pino';

/** What was never given is not there. */
const SavedRemote = Type.Object({
  url: Type.Optional(Type.String()),
  token: Type.Optional(Type.String()),
  /** Origin that the token was set for. */
  tokenOrigin: Type.Optional(Type.String()),
  mode: Type.Optional(RemoteMode),
  updatedAt: Type.Optional(Type.String()),
});
export type SavedRemote = Readonly<Static<typeof SavedRemote>>;

const FILE = 'remote_worker.json';
const ASIDE = `${FILE}.broken-`;

export interface SavedRemoteFile {
  readonly saved: SavedRemote;
  /** Name of a file that could not be read and lies aside; null where all is well. */
  readonly broken: string | null;
}

const folderOf = (dataRoot: string): string => path.join(dataRoot, 'config');

/** A file that cannot be understood is moved aside, so that the next save does not overwrite what may be mended. */
export async function readSavedRemote(dataRoot: string, log: Logger): Promise<SavedRemoteFile> {
  const file = path.join(folderOf(dataRoot), FILE);
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null;
    throw cause;
  });
  if (text === null) return { saved: {}, broken: await newestAside(folderOf(dataRoot)) };
  const saved = parse(text);
  if (saved) return { saved, broken: null };
  const broken = ASIDE + new Date().toISOString().replace(/[:.]/g, '-');
  await rename(file, path.join(folderOf(dataRoot), broken));
  // Not its content: that may hold the token.
  log.error({ file: broken }, 'the saved configuration of the remote worker could not be read and was kept aside');
  return { saved: {}, broken };
}

export async function writeSavedRemote(dataRoot: string, saved: SavedRemote): Promise<void> {
  await mkdir(folderOf(dataRoot), { recursive: true, mode: 0o700 });
  await writeAtomically(path.join(folderOf(dataRoot), FILE), `${JSON.stringify(saved, null, 2)}\n`);
}

function parse(text: string): SavedRemote | null {
  try {
    const value: unknown = JSON.parse(text);
    if (!Value.Check(SavedRemote, value)) return null;
    const usable = value.url === undefined || value.url === '' || URL.canParse(value.url);
    return usable && (value.mode === undefined || remoteModes.includes(value.mode)) ? value : null;
  } catch {
    return null;
  }
}

async function newestAside(folder: string): Promise<string | null> {
  const names = await readdir(folder).catch(() => []);
  return (
    names
      .filter((name) => name.startsWith(ASIDE))
      .sort()
      .at(-1) ?? null
  );
}
