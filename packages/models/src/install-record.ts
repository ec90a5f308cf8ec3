/** What was installed, from where, and the hash of every file: written beside the model before it counts as installed. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface RecordedFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

export interface InstallRecord {
  readonly version: 1;
  readonly name: string;
  /** Null: copied from a folder. */
  readonly repository: string | null;
  /** As it was asked for: branch, tag or commit. */
  readonly revision: string | null;
  readonly commit: string | null;
  readonly license: string | null;
  readonly installedAt: string;
  readonly files: readonly RecordedFile[];
}

const RECORD = 'bulk-transcribe.json';

export const writeRecord = (folder: string, record: InstallRecord): Promise<void> =>
  writeFile(path.join(folder, RECORD), `${JSON.stringify(record, null, 2)}\n`, { flush: true });

/** Null where there is none: the folder was put there by hand. */
export async function readRecord(folder: string): Promise<InstallRecord | null> {
  try {
    return JSON.parse(await readFile(path.join(folder, RECORD), 'utf8')) as InstallRecord;
  } catch {
    return null;
  }
}
