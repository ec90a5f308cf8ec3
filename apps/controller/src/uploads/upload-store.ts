/** Where the tus server puts the bytes: tus's own file store, with our records in place of its. */
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@bulk-transcribe/protocol';
import { FileStore } from '@tus/file-store';
import { Upload } from '@tus/server';
import type { UploadRecord, UploadRecords } from './upload-records.ts';

export interface UploadStoreOptions {
  readonly records: UploadRecords;
  readonly expiryMs: number;
}

export class UploadStore extends FileStore {
  readonly #records: UploadRecords;

  constructor({ records, expiryMs }: UploadStoreOptions) {
    super({ directory: records.folder, configstore: recordsAsConfig(records), expirationPeriodInMilliseconds: expiryMs });
    this.#records = records;
    this.extensions = ['creation', 'termination', 'expiration'];
  }

  /** What arrived stays, whatever happens to the rest: the sender goes on from there. */
  override async write(bytes: Readable, id: string, offset: number): Promise<number> {
    const file = createWriteStream(this.#records.path(id), { flags: 'r+', start: offset });
    try {
      await pipeline(bytes, file);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
      throw new AppError('disk_full', 'The disk became full while the file arrived; what has arrived is kept.', { cause });
    }
    return offset + file.bytesWritten;
  }

  /** Its age, by which it expires, counts from its last byte. */
  override async getUpload(id: string): Promise<Upload> {
    const record = this.#records.get(id);
    if (!record) throw noUpload(id);
    const { bytes, lastAt } = await this.#records.arrived(record);
    return new Upload({ id, size: record.size, offset: bytes, metadata: { filename: record.name }, creation_date: lastAt.toISOString() });
  }

  override async remove(id: string): Promise<void> {
    if (!this.#records.get(id)) throw noUpload(id);
    await this.#records.remove(id);
  }
}

const noUpload = (id: string): AppError => new AppError('not_found', `There is no upload ${id}.`);

/** The record stands before tus makes the file, so there is nothing left to set. */
const recordsAsConfig = (records: UploadRecords): FileStore['configstore'] => ({
  get: async (id) => asUpload(records.get(id)),
  set: async () => undefined,
  delete: (id) => records.remove(id),
  list: async () => records.all().map(({ id }) => id),
});

const asUpload = (record: UploadRecord | undefined): Upload | undefined =>
  record && new Upload({ id: record.id, size: record.size, offset: 0, creation_date: record.createdAt });
