/** What one task keeps on disk: `task.json`, `input`, `result.json`, `evidence` and `events.<attempt>.jsonl` in the folder of its id. */
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { Progress, Stage, TaskError, TaskRequest, type Transcript, WorkerTaskState } from '@bulk-transcribe/protocol';
import { writeAtomically } from '@bulk-transcribe/service';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

export const TaskRecord = Type.Object({
  request: TaskRequest,
  state: WorkerTaskState,
  stage: Type.Union([Stage, Type.Null()]),
  progress: Progress,
  error: Type.Union([TaskError, Type.Null()]),
  turn: Type.Integer({ minimum: 0, description: 'Place in the queue: counts up as inputs become complete; 0 before that.' }),
});
export type TaskRecord = Static<typeof TaskRecord>;

export interface EvidencePart {
  readonly bytes: Uint8Array;
  /** Of the whole, bytes. */
  readonly size: number;
}

export class TaskFolder {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = folder;
  }

  get inputPath(): string {
    return path.join(this.#path, 'input');
  }

  eventsPath(attempt: number): string {
    return path.join(this.#path, `events.${attempt}.jsonl`);
  }

  async create(): Promise<void> {
    await mkdir(this.#path, { recursive: true, mode: 0o700 });
  }

  /** Null where there is no record (a task half created or half removed). Throws where it is not one of ours. */
  async readRecord(): Promise<TaskRecord | null> {
    const text = await readFile(this.#recordPath, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return null;
      throw cause;
    });
    if (text === null) return null;
    const record: unknown = JSON.parse(text);
    if (!Value.Check(TaskRecord, record)) throw new TypeError('task.json is not a record of this version.');
    return record;
  }

  async writeRecord(record: TaskRecord): Promise<void> {
    await writeAtomically(this.#recordPath, JSON.stringify(record));
  }

  async readResult(): Promise<Transcript> {
    return JSON.parse(await readFile(this.#resultPath, 'utf8')) as Transcript;
  }

  async writeResult(transcript: Transcript): Promise<void> {
    await writeAtomically(this.#resultPath, JSON.stringify(transcript));
  }

  async writeEvidence(evidence: Uint8Array): Promise<void> {
    await writeAtomically(this.#evidencePath, evidence);
  }

  /** At most `length` bytes from `offset` on; null where no speakers were told apart. */
  async readEvidence(offset: number, length: number): Promise<EvidencePart | null> {
    try {
      await using file = await open(this.#evidencePath);
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(length, Math.max(0, size - offset))), 0, null, offset);
      return { bytes: buffer.subarray(0, bytesRead), size };
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw cause;
    }
  }

  /** Forgets what an attempt has made; the input stays. */
  async removeOutcome(attempt: number): Promise<void> {
    await rm(this.#resultPath, { force: true });
    await rm(this.#evidencePath, { force: true });
    await rm(this.eventsPath(attempt), { force: true });
  }

  /** The record goes first: a folder without one is no task, and is cleared at the next start. */
  async remove(): Promise<void> {
    await rm(this.#recordPath, { force: true });
    await rm(this.#path, { recursive: true, force: true });
  }

  get #recordPath(): string {
    return path.join(this.#path, 'task.json');
  }

  get #evidencePath(): string {
    return path.join(this.#path, 'evidence');
  }

  get #resultPath(): string {
    return path.join(this.#path, 'result.json');
  }
}
