/**
 * What is known of each half upload: DATA_ROOT/uploads/<id>.json beside its bytes, DATA_ROOT/uploads/<id>.
 * Written before an upload is acknowledged; removed when it has become a recording, or is given up.
 */
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '@bulk-transcribe/service';

const RECORD = '.json';

export interface UploadRecord {
  /** Of the upload, and of the recording that it becomes. */
  readonly id: string;
  readonly sessionId: string;
  /** The file's name as its owner calls it: data, never a path. */
  readonly name: string;
  /** Bytes of the whole file. */
  readonly size: number;
  /** As the sender computed it, where it did. */
  readonly sha256?: string;
  /** RFC 3339. */
  readonly createdAt: string;
}

/** How much of an upload is here, and since when nothing came. */
export interface Arrived {
  readonly bytes: number;
  readonly lastAt: Date;
}

export class UploadRecords {
  readonly folder: string;
  readonly #records: Map<string, UploadRecord>;

  private constructor(folder: string, records: Map<string, UploadRecord>) {
    this.folder = folder;
    this.#records = records;
  }

  /** Reads what the last process left, and removes what belongs to no upload. */
  static async open(folder: string): Promise<UploadRecords> {
    await mkdir(folder, { recursive: true });
    const names = await readdir(folder);
    const ids = names.filter((name) => name.endsWith(RECORD)).map((name) => name.slice(0, -RECORD.length));
    const records = new Map<string, UploadRecord>();
    for (const id of ids) records.set(id, JSON.parse(await readFile(path.join(folder, id + RECORD), 'utf8')) as UploadRecord);
    for (const name of names) if (!name.endsWith(RECORD) && !records.has(name)) await rm(path.join(folder, name), { force: true });
    return new UploadRecords(folder, records);
  }

  get(id: string): UploadRecord | undefined {
    return this.#records.get(id);
  }

  all(): UploadRecord[] {
    return [...this.#records.values()];
  }

  path(id: string): string {
    return path.join(this.folder, id);
  }

  async add(record: UploadRecord): Promise<void> {
    await writeAtomically(this.path(record.id + RECORD), JSON.stringify(record));
    this.#records.set(record.id, record);
  }

  /** Bytes first: a record without bytes is swept later, bytes without a record would belong to nobody. */
  async remove(id: string): Promise<void> {
    await rm(this.path(id), { force: true });
    await rm(this.path(id + RECORD), { force: true });
    this.#records.delete(id);
  }

  async arrived({ id, createdAt }: UploadRecord): Promise<Arrived> {
    const stats = await stat(this.path(id)).catch(() => null);
    return stats ? { bytes: stats.size, lastAt: stats.mtime } : { bytes: 0, lastAt: new Date(createdAt) };
  }
}
