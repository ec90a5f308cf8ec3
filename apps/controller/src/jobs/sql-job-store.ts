import { AppError, completeOptions, isFinal, type Job, type Recording, type Task, type TaskWorker, type Transcript } from '@bulk-transcribe/protocol';
import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import { lockSession, lockSessionOf } from '../database/session-lock.ts';
import { type Change, commit, topics } from './change.ts';
import { followEvents, newestEventId } from './event-log.ts';
import type { JobStore, NewJob, NewRecording, RecordingBytes, StoredEvent } from './job-store.ts';
import { cancelJob, createJob, deleteJob, findJob, findTask, listJobs } from './jobs.ts';
import { addRecording, deleteRecording, existingRecordings, findRecording, recordingWithBytes, storedBytes, unusedRecordings } from './recordings.ts';
import { toRecording } from './rows.ts';
import { listSettlements, removeSettlement } from './settlements.ts';
import type { Attempt, ClaimedTask, TaskLedger, TaskUpdate } from './task-ledger.ts';
import { cancel, current, dispatch, fail, requeue, run, succeed } from './task-moves.ts';
import type { TaskQueue } from './task-queue.ts';
import { beginTurn } from './turns.ts';
import type { WakeUp, WakeUps } from './wake-ups.ts';

/** The job store on PostgreSQL's dialect. */
export class SqlJobStore implements JobStore, TaskLedger {
  readonly #database: Database;
  readonly #queue: TaskQueue;
  readonly #wakeUps: WakeUps;
  readonly #closing = new AbortController();

  constructor(database: Database, queue: TaskQueue, wakeUps: WakeUps) {
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
    const row = await this.#database.sql
      .selectFrom('transcript')
      .innerJoin('task', 'task.id', 'transcript.task_id')
      .select('document')
      .where('task_id', '=', taskId)
      .where('task.session_id', '=', sessionId)
      .executeTakeFirst();
    return row?.document ?? null;
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

  claim(worker: TaskWorker): Promise<ClaimedTask | null> {
    return this.#commit(async (change) => {
      for (;;) {
        const taskId = await this.#queue.take(change.tx);
        if (!taskId) return null;
        await lockSessionOf(change.tx, taskId);
        if (await dispatch(change, taskId, worker)) {
          await beginTurn(change.tx, taskId);
          return (await claimedTasks(change).where('task.id', '=', taskId).execute()).map(toClaimed)[0] ?? null;
        }
        await this.#keepOrDrop(change, taskId);
      }
    });
  }

  /** An entry that came without a waiting task: it expired under a task at work, which goes on; or its task is over. */
  async #keepOrDrop(change: Change, taskId: string): Promise<void> {
    const task = await current(change, taskId);
    if (!task || isFinal(task.state)) await this.#queue.settle(change.tx, taskId);
  }

  inFlight(worker: string): Promise<ClaimedTask[]> {
    return this.#commit(async (change) => {
      const rows = await claimedTasks(change)
        .where('state', 'in', ['dispatched', 'running'])
        .where(sql`worker ->> 'name'`, '=', worker)
        .orderBy('task.started_at')
        .orderBy('task.position')
        .execute();
      return rows.map(toClaimed);
    });
  }

  update(attempt: Attempt, update: TaskUpdate): Promise<boolean> {
    return this.#report(attempt, async (change) => (await run(change, attempt, update)) !== null);
  }

  succeed(attempt: Attempt, transcript: Transcript): Promise<boolean> {
    return this.#report(attempt, async (change) => (await succeed(change, this.#queue, attempt, transcript)) !== null);
  }

  fail(attempt: Attempt, error: AppError): Promise<boolean> {
    return this.#report(attempt, async (change) => (await fail(change, this.#queue, attempt, error)) !== null);
  }

  async holds({ taskId, attempt }: Attempt): Promise<boolean> {
    const { sql } = this.#database;
    const row = await sql.selectFrom('task').select('state').where('id', '=', taskId).where('attempt', '=', attempt).executeTakeFirst();
    return row?.state === 'dispatched' || row?.state === 'running';
  }

  settlements(worker: string): Promise<Attempt[]> {
    return listSettlements(this.#database, worker);
  }

  settled(attempt: Attempt): Promise<void> {
    return removeSettlement(this.#database, attempt);
  }

  whenQueued(): WakeUp {
    return this.#wakeUps.listen(topics.queue);
  }

  whenStopped(taskId: string): WakeUp {
    return this.#wakeUps.listen(topics.task(taskId));
  }

  /** A change that the session's owner asks for. */
  #change<T>(sessionId: string, work: (change: Change) => Promise<T>): Promise<T> {
    return this.#commit(async (change) => {
      await lockSession(change.tx, sessionId);
      return work(change);
    });
  }

  /** What a worker says of its attempt. */
  #report<T>({ taskId }: Attempt, work: (change: Change) => Promise<T>): Promise<T> {
    return this.#commit(async (change) => {
      await lockSessionOf(change.tx, taskId);
      return work(change);
    });
  }

  #commit<T>(work: (change: Change) => Promise<T>): Promise<T> {
    return commit(this.#database, this.#wakeUps, work);
  }
}

const noTask = (id: string): AppError => new AppError('not_found', `There is no task ${id}.`);

async function ownTask(change: Change, sessionId: string, id: string): Promise<Task> {
  const owned = await change.tx.selectFrom('task').select('id').where('id', '=', id).where('session_id', '=', sessionId).executeTakeFirst();
  const task = owned && (await current(change, id));
  if (!task) throw noTask(id);
  return task;
}

const claimedTasks = ({ tx }: Change) =>
  tx
    .selectFrom('task')
    .innerJoin('job', 'job.id', 'task.job_id')
    .innerJoin('recording', 'recording.id', 'task.recording_id')
    .selectAll('recording')
    .select(['task.id as task_id', 'task.attempt', 'job.options']);

type ClaimedRow = Awaited<ReturnType<ReturnType<typeof claimedTasks>['executeTakeFirstOrThrow']>>;

const toClaimed = (row: ClaimedRow): ClaimedTask => ({
  taskId: row.task_id,
  attempt: row.attempt,
  options: completeOptions(row.options),
  recording: toRecording(row),
});
