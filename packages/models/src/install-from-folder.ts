/** A checkpoint that lies elsewhere on this machine, copied into MODELS_DIR. */
import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { copyFile, open, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@bulk-transcribe/protocol';
import { describeCheckpoint } from './checkpoint/describe.ts';
import { chooseFiles, shardsOf, WEIGHTS_INDEX } from './checkpoint/file-list.ts';
import { requireSpace } from './download/free-space.ts';
import type { HubInstallation } from './install-from-hub.ts';
import { type RecordedFile, writeRecord } from './install-record.ts';
import type { FolderSource } from './model-source.ts';

export interface FolderInstallation extends Pick<HubInstallation, 'folders' | 'signal' | 'onProgress'> {
  readonly source: FolderSource;
}

/** AppError model_unknown, model_unsupported or disk_full. */
export async function installFromFolder({ source, folders, signal, onProgress }: FolderInstallation): Promise<void> {
  const { name, folder } = source;
  const files = await checkpointFiles(folder);
  const { sizes, total } = await measure(folder, files);
  // Whatever another source of that name has left is of no use.
  await folders.forget(name);
  await folders.prepare(name);
  await requireSpace(folders.root, total, `The model ${name}`);
  const recorded: RecordedFile[] = [];
  let doneBytes = 0;
  for (const file of files) {
    signal.throwIfAborted();
    const target = path.join(folders.incoming(name), file);
    // Shares the bytes where the file system can.
    await copyFile(path.join(folder, file), target, constants.COPYFILE_FICLONE);
    recorded.push({ name: file, size: sizes.get(file) ?? 0, sha256: await durableSha256(target) });
    doneBytes += sizes.get(file) ?? 0;
    onProgress({ doneBytes, totalBytes: total });
  }
  const installedAt = new Date().toISOString();
  const nowhere = { repository: null, revision: null, commit: null, license: null };
  await writeRecord(folders.incoming(name), { version: 1, name, ...nowhere, installedAt, files: recorded });
  await folders.publish(name);
}

async function checkpointFiles(folder: string): Promise<string[]> {
  const all = await readdir(folder).catch((cause: unknown) => {
    throw new AppError('model_unknown', `There is no folder ${folder}, or it cannot be read.`, { cause });
  });
  const { first, rest } = chooseFiles(all, folder);
  const { problem } = await describeCheckpoint(folder);
  if (problem !== null) throw new AppError('model_unsupported', `${folder} cannot be installed. ${problem}`);
  const shards = first.includes(WEIGHTS_INDEX) ? shardsOf(await readFile(path.join(folder, WEIGHTS_INDEX), 'utf8'), folder) : [];
  return [...first, ...rest, ...shards];
}

async function measure(folder: string, files: readonly string[]): Promise<{ sizes: Map<string, number>; total: number }> {
  const sizes = new Map<string, number>();
  for (const file of files) sizes.set(file, (await stat(path.join(folder, file))).size);
  return { sizes, total: sizes.values().reduce((sum, bytes) => sum + bytes, 0) };
}

/** Reads it back, so that the record is about the copy. */
async function durableSha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  await using handle = await open(file, 'r+');
  await handle.sync();
  return hash.digest('hex');
}
