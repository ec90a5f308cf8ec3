import { AppError, isFinal, type Job, type Recording, type Task, type Transcript, type WindowResult } from '@bulk-transcribe/protocol';
import type { Database } from '../database/database.ts';
import { lockSession } from '../database/session-lock.ts';
import { correctedTranscript } from '../transcripts/apply-overlay.ts';
import { type Change, commit, topics } from './change.ts';
import { finishedWindows } from './checkpoints.ts';
import { storedTranscript } from './corrections.ts';
import { followEvents, newestEventId } from './event-log.ts';
import type { JobStore, NewJob, NewRecording, RecordingBytes, StoredEvent } from './job-store.ts';
import { cancelJob, createJob, deleteJob, findJob, findTask, listJobs, noTask, ownTask } from './jobs.ts';
import { addRecording, deleteRecording, existingRecordings, findRecording, recordingWithBytes, storedBytes, unusedRecordings } from './recordings.ts';
import type { StoreParts } from './store-parts.ts';
import { cancel, requeue } from './task-moves.ts';
import type { TaskQueue } from './task-queue.ts';
import type { WakeUps } from './wake-ups.ts';

/** The job store on PostgreSQL's dialect. */
export class SqlJobStore implements JobStore {
  readonly #database: Database;
  readonly #queue: TaskQueue;
  readonly #wakeUps: WakeUps;
  readonly #closing = new AbortController();

  constructor({ database, queue, wakeUps }: StoreParts) {
    this.#database = database;
    this.#queue = queue;
    this.#wakeUps = wakeUps;
  }

  /** Ends every wait; nothing is written. */
  stop(): void {
    this.#closing.abort(new AppError('shutting_down', 'The controller is stopping.'));
  }

  addRecording(sessionId: string, recording: NewRecording): Promise<Recording> {
    return addRecording(this.#database, sessionId, recording);
  }

  recording(sessionId: string, id: string): Promise<Recording | null> {
    return findRecording(this.#database, sessionId, id);
  }

  unusedRecordings(sessionId: string): Promise<Recording[]> {
    return unusedRecordings(this.#database, sessionId);
  }

  recordingWithBytes(sessionId: string, bytes: RecordingBytes): Promise<Recording | null> {
    return recordingWithBytes(this.#database, sessionId, bytes);
  }

  storedBytes(sessionId: string): Promise<number> {
    return storedBytes(this.#database, sessionId);
  }

  deleteRecording(sessionId: string, id: string): Promise<void> {
    return this.#change(sessionId, ({ tx }) => deleteRecording(tx, sessionId, id));
  }

  existingRecordings(ids: readonly string[]): Promise<ReadonlySet<string>> {
    return existingRecordings(this.#database, ids);
  }

  createJob(sessionId: string, job: NewJob): Promise<Job> {
    return this.#change(sessionId, (change) => createJob(change, this.#queue, sessionId, job));
  }

  jobs(sessionId: string): Promise<Job[]> {
    return this.#commit(({ tx }) => listJobs(tx, sessionId));
  }

  job(sessionId: string, id: string): Promise<Job | null> {
    return this.#commit(({ tx }) => findJob(tx, sessionId, id));
  }

  task(sessionId: string, id: string): Promise<Task | null> {
    return findTask(this.#database.sql, sessionId, id);
  }

  cancelTask(sessionId: string, id: string): Promise<Task> {
    return this.#change(sessionId, async (change) => cancel(change, this.#queue, await ownTask(change, sessionId, id)));
  }

  cancelJob(sessionId: string, id: string): Promise<Job> {
    return this.#change(sessionId, (change) => cancelJob(change, this.#queue, sessionId, id));
  }

  retryTask(sessionId: string, id: string): Promise<Task> {
    return this.#change(sessionId, async (change) => {
      const { state } = await ownTask(change, sessionId, id);
      const task = await requeue(change, this.#queue, id);
      if (!task) throw new AppError('conflict', `The task is ${state}; only a failed or cancelled one can be started again.`);
      return task;
    });
  }

  deleteJob(sessionId: string, id: string): Promise<readonly string[]> {
    return this.#change(sessionId, (change) => deleteJob(change, this.#queue, sessionId, id));
  }

  async transcript(sessionId: string, taskId: string): Promise<Transcript | null> {
    const stored = await storedTranscript(this.#database, sessionId, taskId);
    return stored && correctedTranscript(stored);
  }

  async windowsSoFar(sessionId: string, taskId: string): Promise<WindowResult[]> {
    return (await this.task(sessionId, taskId)) ? finishedWindows(this.#database, taskId) : [];
  }

  async taskFinal(sessionId: string, taskId: string, signal: AbortSignal): Promise<Task> {
    using wakeUp = this.#wakeUps.listen(topics.session(sessionId));
    const ending = AbortSignal.any([signal, this.#closing.signal]);
    for (;;) {
      const task = await this.task(sessionId, taskId);
      if (!task) throw noTask(taskId);
      if (isFinal(task.state)) return task;
      await wakeUp.next(ending);
    }
  }

  async *events(sessionId: string, lastId: number, signal: AbortSignal): AsyncGenerator<StoredEvent, void> {
    using wakeUp = this.#wakeUps.listen(topics.session(sessionId));
    const ending = AbortSignal.any([signal, this.#closing.signal]);
    yield* followEvents({ database: this.#database, wakeUp, sessionId, lastId, signal: ending });
  }

  lastEventId(sessionId: string): Promise<number> {
    return newestEventId(this.#database, sessionId);
  }

  /** A change that the session's owner asks for. */
  #change<T>(sessionId: string, work: (change: Change) => Promise<T>): Promise<T> {
    return this.#commit(async (change) => {
      await lockSession(change.tx, sessionId);
      return work(change);
    });
  }

  #commit<T>(work: (change: Change) => Promise<T>): Promise<T> {
    return commit(this.#database, this.#wakeUps, work);
  }
}
