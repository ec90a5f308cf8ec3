/** What a person names on the command line → the recordings it stands for. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError, isHidden, namedLikeRecording } from '@bulk-transcribe/protocol';

export interface Input {
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  /** Its name with the folders that it was found in, for people. */
  readonly label: string;
  /** The folders between the one that was named and the file; none for a file that was named itself. */
  readonly within: readonly string[];
  /** Bytes; 0 where it is not there. */
  readonly size: number;
}

/**
 * Files as they are named; folders to the bottom, what is called like audio or video, in the order in which people count (2 before 10).
 * Each file once. A name that cannot be read stays an input, so that it fails in its turn and stops no other. Throws invalid_request
 * where a folder cannot be read.
 */
export async function findInputs(named: readonly string[]): Promise<Input[]> {
  const found = new Map<string, Input>();
  for (const place of named) {
    for (const input of await inputsAt(place)) if (!found.has(input.path)) found.set(input.path, input);
  }
  return [...found.values()];
}

async function inputsAt(place: string): Promise<Input[]> {
  const there = await stat(place).catch(() => null);
  const name = path.basename(place);
  const itself: Input = { path: place, name, label: name, within: [], size: there?.isFile() ? there.size : 0 };
  if (!there?.isDirectory()) return [itself];
  const recordings = await recordingsIn(place, []);
  return recordings.length > 0 ? recordings : [itself];
}

async function recordingsIn(folder: string, within: readonly string[]): Promise<Input[]> {
  const entries = (await readFolder(folder)).toSorted((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  const inputs: Input[] = [];
  for (const entry of entries) {
    const file = path.join(folder, entry.name);
    // Links to folders are not followed: they may lead in a circle.
    if (entry.isDirectory() && !isHidden(entry.name)) inputs.push(...(await recordingsIn(file, [...within, entry.name])));
    if (entry.isDirectory() || !namedLikeRecording(entry.name)) continue;
    const there = await stat(file).catch(() => null);
    const label = [...within, entry.name].join('/');
    if (there?.isFile()) inputs.push({ path: file, name: entry.name, label, within, size: there.size });
  }
  return inputs;
}

const readFolder = (folder: string) =>
  readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('invalid_request', `The folder ${folder} cannot be read (${cause.code}). Give yourself access to it, or leave it out.`, {
      cause,
    });
  });

/** Throws, with a sentence that helps, where an input is no file that could be read. */
export async function requireFile({ path: file, name }: Input): Promise<void> {
  if (name === '-') throw new AppError('invalid_request', 'Standard input is not read; name a file.');
  const found = await stat(file).catch((cause: NodeJS.ErrnoException) => cause);
  if (found instanceof Error) {
    const reason = found.code === 'ENOENT' || found.code === 'ENOTDIR' ? 'There is no such file' : `It cannot be read (${found.code})`;
    throw new AppError('not_found', `${reason}: ${file}.`);
  }
  if (found.isDirectory()) {
    throw new AppError('invalid_request', `In the folder “${name}” nothing is called like a recording; a file that you name itself is tried anyway.`);
  }
}
