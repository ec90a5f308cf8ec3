/**
 * The bytes of recordings: one file each, DATA_ROOT/recordings/<id>, complete or not there at all.
 * A row in the job store says whose it is; the file comes before the row and goes after it, so what a crash
 * leaves behind is at most a file without a row, and `removeOrphans` takes that away at the next start.
 */
import { randomUUIDv7 } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { Id } from '@bulk-transcribe/protocol';
import { adoptFile } from './adopt-file.ts';
import { requireFreeSpace } from './free-space.ts';
import { shareFile } from './share-file.ts';
import { type StoredFile, storeFile } from './store-file.ts';

/** Behind the id of a file whose bytes are still arriving. */
const PARTIAL = '.partial';
const idPattern = new RegExp(Id.pattern ?? '');

export interface RecordingFile extends StoredFile {
  readonly id: string;
}

export interface Incoming {
  readonly bytes: Readable;
  /** As the sender announced it, where it did. */
  readonly expectedSize: number | undefined;
  readonly signal: AbortSignal;
}

export interface RecordingFiles {
  /** Where they lie, each under its id. */
  readonly folder: string;
  path(id: string): string;
  /**
   * Streams a recording to disk under a new id; durable once it resolves, and nothing left of it when it rejects:
   * media_empty, payload_too_large, disk_full, or the signal's reason.
   */
  store(incoming: Incoming): Promise<RecordingFile>;
  /** Takes a complete file over under the id; durable once it resolves. Where it is taken already, says what it is. */
  adopt(id: string, file: string): Promise<StoredFile>;
  /** Lets `id` have the bytes of `source` without taking room twice; `source` stays whole when `id` is removed, and the other way round. */
  share(source: string, id: string): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  /** Removes unfinished files and those that `existing` does not know. Only while no upload runs. Answers how many. */
  removeOrphans(existing: (ids: readonly string[]) => Promise<ReadonlySet<string>>): Promise<number>;
}

export async function openRecordingFiles(options: { dataRoot: string; maxBytes: number }): Promise<RecordingFiles> {
  const { dataRoot, maxBytes } = options;
  const folder = path.join(dataRoot, 'recordings');
  await mkdir(folder, { recursive: true });
  const pathOf = (id: string) => path.join(folder, id);
  const remove = async (names: readonly string[]) => {
    for (const name of names) await rm(pathOf(name), { force: true });
  };
  return {
    folder,
    path: pathOf,
    remove,
    store: async ({ bytes, expectedSize, signal }) => {
      await requireFreeSpace(folder, expectedSize ?? 0);
      const id = randomUUIDv7();
      return { id, ...(await storeFile({ bytes, partial: pathOf(id + PARTIAL), final: pathOf(id), maxBytes, signal })) };
    },
    adopt: (id, file) => adoptFile({ from: file, final: pathOf(id) }),
    share: (source, id) => shareFile({ source: pathOf(source), partial: pathOf(id + PARTIAL), final: pathOf(id) }),
    removeOrphans: async (existing) => {
      const names = await readdir(folder);
      const complete = names.filter((name) => idPattern.test(name));
      const known = await existing(complete);
      const orphans = [...complete.filter((id) => !known.has(id)), ...names.filter((name) => name.endsWith(PARTIAL))];
      await remove(orphans);
      return orphans.length;
    },
  };
}
