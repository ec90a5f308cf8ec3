/** Half uploads: begun after their checks, continued by the tus server, finished into recordings, or expired. */
import { randomUUIDv7 } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { AppError, type Recording } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import type { JobStore } from '../jobs/job-store.ts';
import { requireFreeSpace } from '../recordings/free-space.ts';
import type { RecordingFiles } from '../recordings/recording-files.ts';
import { finishUpload } from './finish-upload.ts';
import { oneAfterAnother } from './one-after-another.ts';
import { type UploadRecord, UploadRecords } from './upload-records.ts';
import { UploadStore } from './upload-store.ts';

/** At most so long after its time an expired upload is removed, milliseconds. */
const SWEEP_EVERY_MS = 10 * 60 * 1000;

export interface UploadsOptions {
  readonly dataRoot: string;
  readonly jobs: JobStore;
  readonly files: RecordingFiles;
  /** 0 = no limit. */
  readonly quotaBytes: number;
  /** A half upload is kept for so long after its last byte. */
  readonly expiryMs: number;
  readonly log: Logger;
}

type NewUpload = Omit<UploadRecord, 'createdAt'>;

export class Uploads {
  /** What the tus server writes to. */
  readonly store: UploadStore;
  readonly #records: UploadRecords;
  readonly #options: UploadsOptions;
  readonly #inTurn = oneAfterAnother();
  readonly #finishing = new Map<string, Promise<Recording>>();
  readonly #sweeping: NodeJS.Timeout;

  private constructor(records: UploadRecords, options: UploadsOptions) {
    this.#records = records;
    this.#options = options;
    this.store = new UploadStore({ records, expiryMs: options.expiryMs });
    this.#sweeping = setInterval(() => void this.#sweep(), Math.min(SWEEP_EVERY_MS, options.expiryMs));
  }

  /** Before anybody looks for files without a row: it makes recordings of what was complete when the last process ended. */
  static async open(options: UploadsOptions): Promise<Uploads> {
    const uploads = new Uploads(await UploadRecords.open(path.join(options.dataRoot, 'uploads')), options);
    await uploads.#finishComplete();
    await uploads.removeExpired();
    return uploads;
  }

  close(): void {
    clearInterval(this.#sweeping);
  }

  /** Whether bytes of any upload have come in the last so many milliseconds. */
  async isReceiving(withinMs: number): Promise<boolean> {
    const since = Date.now() - withinMs;
    const arrived = await Promise.all(this.#records.all().map((record) => this.#records.arrived(record)));
    return arrived.some(({ lastAt }) => lastAt.getTime() > since);
  }

  newId(): string {
    return randomUUIDv7();
  }

  /** Throws quota_exceeded where the session may not store so much more: its recordings and its half uploads count. */
  async requireRoom(sessionId: string, bytes: number): Promise<void> {
    const { jobs, quotaBytes } = this.#options;
    if (quotaBytes === 0) return;
    const promised = this.#records.all().filter((record) => record.sessionId === sessionId);
    requireWithin(quotaBytes, { taken: (await jobs.storedBytes(sessionId)) + sizeOf(promised), bytes });
  }

  /** Checks an upload and records it, before its first byte. AppError media_empty, quota_exceeded, disk_full. */
  begin(upload: NewUpload): Promise<void> {
    return this.#inTurn(async () => {
      if (upload.size === 0) throw new AppError('media_empty', 'The file is empty.');
      await this.requireRoom(upload.sessionId, upload.size);
      await requireFreeSpace(this.#records.folder, upload.size + (await this.#stillToCome()));
      await this.#records.add({ ...upload, createdAt: new Date().toISOString() });
    });
  }

  /** Size of the recording that an upload of the session has become, now or before; null while it is half. Throws not_found where it is neither. */
  async sizeIfFinished(sessionId: string, id: string): Promise<number | null> {
    const record = this.#records.get(id);
    const own = record?.sessionId === sessionId ? record : undefined;
    if (own && !(await this.#isComplete(own))) return null;
    const recording = own ? await this.#finish(own) : await this.#options.jobs.recording(sessionId, id);
    if (!recording) throw new AppError('not_found', `There is no upload ${id}.`);
    return recording.size;
  }

  /** Makes the recording of a complete upload; whoever asks meanwhile gets the same one. */
  #finish(record: UploadRecord): Promise<Recording> {
    const { jobs, files } = this.#options;
    const finishing = this.#finishing.get(record.id) ?? finishUpload(record, { records: this.#records, jobs, files });
    this.#finishing.set(record.id, finishing);
    return finishing.finally(() => this.#finishing.delete(record.id));
  }

  /** Removes what a session has half sent; an upload that is just becoming a recording is let through. */
  async forgetSession(sessionId: string): Promise<void> {
    const own = this.#records.all().filter((record) => record.sessionId === sessionId);
    for (const { id } of own) if (!this.#finishing.has(id)) await this.#records.remove(id);
  }

  /** Removes half uploads whose time is over; answers how many. */
  async removeExpired(): Promise<number> {
    const before = Date.now() - this.#options.expiryMs;
    let removed = 0;
    for (const record of this.#records.all()) {
      const { lastAt } = await this.#records.arrived(record);
      if (lastAt.getTime() > before || this.#finishing.has(record.id)) continue;
      await this.#records.remove(record.id);
      removed++;
    }
    return removed;
  }

  async #finishComplete(): Promise<void> {
    for (const record of this.#records.all()) {
      if (!(await this.#isComplete(record))) continue;
      // One that cannot be finished must not keep the controller from starting; its sender is told when it asks.
      await this.#finish(record).catch((err: unknown) => this.#options.log.warn({ err, id: record.id }, 'a complete upload was not taken over'));
    }
  }

  /** All bytes are here, or already where recordings lie. */
  async #isComplete(record: UploadRecord): Promise<boolean> {
    const { bytes } = await this.#records.arrived(record);
    return bytes === record.size || existsSync(this.#options.files.path(record.id));
  }

  async #stillToCome(): Promise<number> {
    let sum = 0;
    for (const record of this.#records.all()) sum += record.size - (await this.#records.arrived(record)).bytes;
    return sum;
  }

  async #sweep(): Promise<void> {
    const { log } = this.#options;
    await this.removeExpired().catch((err: unknown) => log.error({ err }, 'expired uploads were not removed'));
  }
}

const sizeOf = (records: readonly UploadRecord[]): number => records.reduce((sum, { size }) => sum + size, 0);

function requireWithin(quotaBytes: number, { taken, bytes }: { taken: number; bytes: number }): void {
  if (taken + bytes <= quotaBytes) return;
  const left = Math.max(0, quotaBytes - taken);
  const words = (count: number) => `${count.toLocaleString('en')} bytes`;
  throw new AppError('quota_exceeded', `The recording needs ${words(bytes)}; of your ${words(quotaBytes)}, ${words(left)} are left.`);
}
