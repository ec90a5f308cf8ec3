/** The job store on PostgreSQL's dialect: each change is one transaction under the lock of its session. */
import { AppError, isFinal, type Task } from '@bulk-transcribe/protocol';
import { correctedTranscript } from '../transcripts/apply-overlay.ts';
import { topics } from './change.ts';
import { finishedWindows } from './checkpoints.ts';
import { storedTranscript } from './corrections.ts';
import { followEvents, newestEventId } from './event-log.ts';
import type { JobStore } from './job-store.ts';
import { cancelJob, createJob, deleteJob, findJob, findTask, listJobs, ownTask } from './jobs.ts';
import { noTask } from './not-found.ts';
import { addRecording, deleteRecording, existingRecordings, findRecording, recordingWithBytes, storedBytes, unusedRecordings } from './recordings.ts';
import type { StoreParts } from './store-parts.ts';
import { cancel, requeue } from './task-moves.ts';

export interface Stoppable {
  /** Ends every wait; nothing is written. */
  stop(): void;
}

export function sqlJobStore(parts: StoreParts): JobStore & Stoppable {
  const closing = new AbortController();
  return {
    ...recordingSide(parts),
    ...jobSide(parts),
    ...newsSide(parts, closing.signal),
    stop: () => closing.abort(new AppError('shutting_down', 'The controller is stopping.')),
  };
}

function recordingSide({ database, commitFor }: StoreParts) {
  return {
    addRecording: (sessionId, recording) => addRecording(database, sessionId, recording),
    recording: (sessionId, id) => findRecording(database, sessionId, id),
    unusedRecordings: (sessionId) => unusedRecordings(database, sessionId),
    recordingWithBytes: (sessionId, bytes) => recordingWithBytes(database, sessionId, bytes),
    storedBytes: (sessionId) => storedBytes(database, sessionId),
    deleteRecording: (sessionId, id) => commitFor(sessionId, ({ tx }) => deleteRecording(tx, sessionId, id)),
    existingRecordings: (ids) => existingRecordings(database, ids),
  } satisfies Partial<JobStore>;
}

function jobSide({ database, queue, commit, commitFor }: StoreParts) {
  return {
    createJob: (sessionId, job) => commitFor(sessionId, (change) => createJob(change, queue, sessionId, job)),
    jobs: (sessionId) => commit(({ tx }) => listJobs(tx, sessionId)),
    job: (sessionId, id) => commit(({ tx }) => findJob(tx, sessionId, id)),
    task: (sessionId, id) => findTask(database.sql, sessionId, id),
    cancelTask: (sessionId, id) => commitFor(sessionId, async (change) => cancel(change, queue, await ownTask(change, sessionId, id))),
    cancelJob: (sessionId, id) => commitFor(sessionId, (change) => cancelJob(change, queue, sessionId, id)),
    retryTask: (sessionId, id) =>
      commitFor(sessionId, async (change) => {
        const { state } = await ownTask(change, sessionId, id);
        const task = await requeue(change, queue, id);
        if (!task) throw new AppError('conflict', `The task is ${state}; only a failed or cancelled one can be started again.`);
        return task;
      }),
    deleteJob: (sessionId, id) => commitFor(sessionId, (change) => deleteJob(change, queue, sessionId, id)),
    transcript: async (sessionId, taskId) => {
      const stored = await storedTranscript(database, sessionId, taskId);
      return stored && correctedTranscript(stored);
    },
    windowsSoFar: async (sessionId, taskId) => ((await findTask(database.sql, sessionId, taskId)) ? finishedWindows(database, taskId) : []),
  } satisfies Partial<JobStore>;
}

/** What is waited for, until `closing` aborts. */
function newsSide({ database, wakeUps }: StoreParts, closing: AbortSignal) {
  return {
    taskFinal: async (sessionId, taskId, signal): Promise<Task> => {
      using wakeUp = wakeUps.listen(topics.session(sessionId));
      const ending = AbortSignal.any([signal, closing]);
      for (;;) {
        const task = await findTask(database.sql, sessionId, taskId);
        if (!task) throw noTask(taskId);
        if (isFinal(task.state)) return task;
        await wakeUp.next(ending);
      }
    },
    events: async function* (sessionId, lastId, signal) {
      using wakeUp = wakeUps.listen(topics.session(sessionId));
      const ending = AbortSignal.any([signal, closing]);
      yield* followEvents({ database, wakeUp, sessionId, lastId, signal: ending });
    },
    lastEventId: (sessionId) => newestEventId(database, sessionId),
  } satisfies Partial<JobStore>;
}
