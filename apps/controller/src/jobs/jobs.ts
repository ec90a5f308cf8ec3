import { randomUUIDv7 } from 'node:crypto';
import { AppError, isFinal, type Job, type Task } from '@bulk-transcribe/protocol';
import type { Kysely } from 'kysely';
import type { Tables } from '../database/tables.ts';
import { type Change, topics } from './change.ts';
import { appendEvent } from './event-log.ts';
import type { NewJob } from './job-store.ts';
import { noJob, noRecording, noTask } from './not-found.ts';
import { deleteUnusedRecordings, storableText } from './recordings.ts';
import { selectTasks, toJob, toTask } from './rows.ts';
import { oweWorker } from './settlements.ts';
import { groupOf } from './task-kind.ts';
import { cancelAll, current } from './task-moves.ts';
import type { TaskQueue } from './task-queue.ts';
import { nextTurn } from './turns.ts';

type Sql = Kysely<Tables>;

export async function createJob(change: Change, queue: TaskQueue, sessionId: string, job: NewJob): Promise<Job> {
  const { tx } = change;
  const recordingIds = [...new Set(job.recordingIds)];
  await assertRecordings(tx, sessionId, recordingIds);
  const id = randomUUIDv7();
  const { priority = 0, compute = 'auto' } = job;
  await tx
    .insertInto('job')
    .values({ id, session_id: sessionId, name: storableText(job.name), options: JSON.stringify(job.options), priority, compute })
    .execute();
  const turn = await nextTurn(tx, sessionId, priority);
  const kind = groupOf({ compute, model: job.options.model });
  const tasks = recordingIds.map((recordingId, position) => ({
    id: randomUUIDv7(),
    session_id: sessionId,
    job_id: id,
    recording_id: recordingId,
    position,
    priority,
    kind,
    turn: turn + position,
  }));
  await tx.insertInto('task').values(tasks).execute();
  await queue.append(tx, tasks);
  const created = await findJob(tx, sessionId, id);
  if (!created) throw new Error('A job vanished while it was created.');
  await appendEvent(change, sessionId, { type: 'job', job: created });
  change.topics.add(topics.queue);
  return created;
}

async function assertRecordings(sql: Sql, sessionId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) throw new AppError('invalid_request', 'A job needs at least one recording.', { field: 'recordingIds' });
  const rows = await sql.selectFrom('recording').select('id').where('session_id', '=', sessionId).where('id', 'in', ids).execute();
  const known = new Set(rows.map(({ id }) => id));
  const missing = ids.find((id) => !known.has(id));
  if (missing !== undefined) throw noRecording(missing, 'recordingIds');
}

/** Newest first. */
export async function listJobs(sql: Sql, sessionId: string): Promise<Job[]> {
  const rows = await sql
    .selectFrom('job')
    .selectAll()
    .where('session_id', '=', sessionId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  const tasks = await selectTasks(sql)
    .where('task.session_id', '=', sessionId)
    .where('task.hearing_of', 'is', null)
    .orderBy('task.position')
    .execute();
  const byJob = Map.groupBy(tasks.map(toTask), (task) => task.jobId);
  return rows.map((row) => toJob(row, byJob.get(row.id) ?? []));
}

export async function findJob(sql: Sql, sessionId: string, id: string): Promise<Job | null> {
  const row = await sql.selectFrom('job').selectAll().where('id', '=', id).where('session_id', '=', sessionId).executeTakeFirst();
  if (!row) return null;
  const tasks = await selectTasks(sql).where('task.job_id', '=', id).where('task.hearing_of', 'is', null).orderBy('task.position').execute();
  return toJob(row, tasks.map(toTask));
}

/** Those that hear speakers among them. */
const allTasks = async (sql: Sql, jobId: string): Promise<Task[]> => (await selectTasks(sql).where('task.job_id', '=', jobId).execute()).map(toTask);

export async function findTask(sql: Sql, sessionId: string, id: string): Promise<Task | null> {
  const row = await selectTasks(sql).where('task.id', '=', id).where('task.session_id', '=', sessionId).executeTakeFirst();
  return row ? toTask(row) : null;
}

/** Cancels every task that is not final yet. */
export async function cancelJob(change: Change, queue: TaskQueue, sessionId: string, id: string): Promise<Job> {
  const job = await existingJob(change.tx, sessionId, id);
  const open = (await allTasks(change.tx, id)).filter(({ state }) => !isFinal(state));
  if (open.length === 0) return job;
  await cancelAll(change, { queue, sessionId, tasks: open });
  return existingJob(change.tx, sessionId, id);
}

export async function ownTask(change: Change, sessionId: string, id: string): Promise<Task> {
  const owned = await change.tx.selectFrom('task').select('id').where('id', '=', id).where('session_id', '=', sessionId).executeTakeFirst();
  const task = owned && (await current(change, id));
  if (!task) throw noTask(id);
  return task;
}

async function existingJob(sql: Sql, sessionId: string, id: string): Promise<Job> {
  const job = await findJob(sql, sessionId, id);
  if (!job) throw noJob(id);
  return job;
}

/** Removes the job with its tasks, transcripts, queue entries and events; workers at work on it are told to stop. */
export async function deleteJob(change: Change, queue: TaskQueue, sessionId: string, id: string): Promise<string[]> {
  const { tx } = change;
  const job = await existingJob(tx, sessionId, id);
  const tasks = await allTasks(tx, id);
  for (const task of tasks) await oweWorker(tx, task);
  const taskIds = tasks.map((task) => task.id);
  await queue.remove(tx, taskIds);
  await tx
    .deleteFrom('event')
    .where('subject_id', 'in', [id, ...taskIds])
    .execute();
  await tx.deleteFrom('job').where('id', '=', id).execute();
  await appendEvent(change, sessionId, { type: 'job-deleted', jobId: id });
  for (const taskId of taskIds) change.topics.add(topics.task(taskId));
  return deleteUnusedRecordings(
    tx,
    job.tasks.map((task) => task.recording.id),
  );
}
