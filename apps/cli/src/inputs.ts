import { stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@bulk-transcribe/protocol';

/** Throws, with a sentence that helps, where `file` is none that could be read. */
export async function requireFile(file: string): Promise<void> {
  const name = path.basename(file);
  if (name === '-') throw new AppError('invalid_request', 'Standard input is not read; name a file.');
  const found = await stat(file).catch((cause: NodeJS.ErrnoException) => cause);
  if (found instanceof Error) {
    const reason = found.code === 'ENOENT' || found.code === 'ENOTDIR' ? 'There is no such file' : `It cannot be read (${found.code})`;
    throw new AppError('not_found', `${reason}: ${file}.`);
  }
  if (found.isDirectory()) {
    throw new AppError('invalid_request', `“${name}” is a folder; name the recordings in it, for example ${path.join(file, '*.mp3')}.`);
  }
}
