/** What one pulled job keeps on disk, under `DATA_ROOT/jobs/<uuid>/`: `job.json`, written before anything is done for it, and its audio until a task has it. */
import { randomUUIDv7 } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { writeAtomically } from '@bulk-transcribe/service';
import type { Logger } from 'pino';
import type { PulledJob } from './read-answer.ts';

/** What the server is told at the end of a job: `{"output"}` or `{"error"}`, as the text that is sent. */
export interface JobEnd {
  readonly body: string;
  readonly isStream: boolean;
}

export interface JobRecord {
  readonly jobId: string;
  /** As it was taken, unchecked. */
  readonly input: unknown;
  /** Likewise. It holds keys, and goes with the end of the work. */
  readonly s3Config?: unknown;
  /** The tasks of its transcription and, where that was asked for, of its translation. */
  readonly tasks: { readonly transcribe: string; readonly translate: string };
  /** Null while it is being worked on. */
  readonly end: JobEnd | null;
}

export class JobFolder {
  readonly #folder: string;
  record: JobRecord;

  private constructor(folder: string, record: JobRecord) {
    this.#folder = folder;
    this.record = record;
  }

  static async create(root: string, { id: jobId, input, s3Config }: PulledJob): Promise<JobFolder> {
    const folder = path.join(root, randomUUIDv7());
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const job = new JobFolder(folder, { jobId, input, s3Config, tasks: { transcribe: randomUUIDv7(), translate: randomUUIDv7() }, end: null });
    await job.#write();
    return job;
  }

  /** The jobs that a former process had in hand. */
  static async readAll(root: string, log: Logger): Promise<JobFolder[]> {
    await mkdir(root, { recursive: true, mode: 0o700 });
    const jobs: JobFolder[] = [];
    for (const name of (await readdir(root)).toSorted()) {
      const folder = path.join(root, name);
      try {
        jobs.push(new JobFolder(folder, JSON.parse(await readFile(path.join(folder, 'job.json'), 'utf8')) as JobRecord));
      } catch (err) {
        // Half made or half removed: no job, but perhaps its audio.
        if ((err as NodeJS.ErrnoException).code === 'ENOENT') await rm(folder, { recursive: true, force: true });
        else log.warn({ err, folder }, 'a pulled job on disk cannot be read and is left out');
      }
    }
    return jobs;
  }

  get audioPath(): string {
    return path.join(this.#folder, 'audio');
  }

  async end(end: JobEnd): Promise<void> {
    const { s3Config: _, ...rest } = this.record;
    this.record = { ...rest, end };
    await this.#write();
  }

  /** The record goes first: a folder without one is no job. */
  async remove(): Promise<void> {
    await rm(path.join(this.#folder, 'job.json'), { force: true });
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Nobody takes its result: it stays on disk, for a person. */
  async setAside(root: string): Promise<void> {
    await mkdir(root, { recursive: true, mode: 0o700 });
    await rename(this.#folder, path.join(root, path.basename(this.#folder)));
  }

  async #write(): Promise<void> {
    await writeAtomically(path.join(this.#folder, 'job.json'), JSON.stringify(this.record));
  }
}
