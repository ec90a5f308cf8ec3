/** A job store in memory whose tasks do what a test says: for tests of the HTTP side alone. */

import { randomUUIDv7 } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import {
  AppError,
  isFinal,
  type Job,
  type Recording,
  type SessionEvent,
  type Task,
  type TaskWorker,
  type Transcript,
  taskStates,
  type WindowResult,
} from '@bulk-transcribe/protocol';
import type { Corrections } from '../../src/jobs/corrections.ts';
import type { Hearings } from '../../src/jobs/hearings.ts';
import type { JobStore, StoredEvent } from '../../src/jobs/job-store.ts';
import type { ModelUse } from '../../src/jobs/model-use.ts';
import { noJob, noRecording, noTask } from '../../src/jobs/not-found.ts';
import type { Oversight } from '../../src/jobs/oversight.ts';
import type { Retention } from '../../src/jobs/retention.ts';
import type { TranscriptSearch } from '../../src/jobs/search.ts';
import type { SessionData } from '../../src/jobs/session-data.ts';
import type { SpeakerEvidenceStore } from '../../src/jobs/speaker-evidence.ts';
import type { Bookkeeping } from '../../src/jobs/stored-amounts.ts';
import type { TaskCounts } from '../../src/jobs/task-counts.ts';

import { correctedTranscript } from '../../src/transcripts/apply-overlay.ts';
import { noOverlay, type Overlay } from '../../src/transcripts/overlay.ts';

type Owned<T> = T & { readonly sessionId: string };

const now = () => new Date().toISOString();

export interface MemoryJobStore
  extends JobStore,
    SessionData,
    Retention,
    ModelUse,
    Oversight,
    Corrections,
    SpeakerEvidenceStore,
    Hearings,
    TranscriptSearch,
    Bookkeeping {
  /** What a worker would do with every task of a new job; by default nothing. */
  work: (task: Task, job: Job) => void;
  succeed(taskId: string, transcript: Transcript, worker?: TaskWorker, evidence?: Uint8Array): void;
  fail(taskId: string, error: Task['error']): void;
  /** One more window of a running task. */
  finishWindow(taskId: string, window: WindowResult): void;
  readonly recordings: ReadonlyMap<string, Owned<Recording>>;
  readonly jobCount: () => number;
  readonly taskCounts: () => Promise<TaskCounts>;
}

export function memoryJobStore(): MemoryJobStore {
  const recordings = new Map<string, Owned<Recording>>();
  const jobs = new Map<string, Owned<Job>>();
  const transcripts = new Map<string, Transcript>();
  const evidences = new Map<string, Uint8Array>();
  const windows = new Map<string, WindowResult[]>();
  const overlays = new Map<string, { overlay: Overlay; revision: number }>();
  const recoveryCodes = new Map<string, string>();
  const log: (StoredEvent & { sessionId: string })[] = [];
  const changes = new EventEmitter().setMaxListeners(0);

  const own = <T extends { sessionId: string }>(map: ReadonlyMap<string, T>, sessionId: string, id: string): T | null => {
    const item = map.get(id);
    return item?.sessionId === sessionId ? item : null;
  };
  const emit = (sessionId: string, event: SessionEvent) => {
    log.push({ id: log.length + 1, event: structuredClone(event), sessionId });
    changes.emit('change');
  };
  const taskOf = (sessionId: string | null, id: string): { job: Owned<Job>; task: Task } | null => {
    for (const job of jobs.values()) {
      const task = job.tasks.find((item) => item.id === id);
      if (task && (sessionId === null || job.sessionId === sessionId)) return { job, task };
    }
    return null;
  };
  const move = (sessionId: string | null, id: string, change: Partial<Task>): Task => {
    const found = taskOf(sessionId, id);
    if (!found) throw noTask(id);
    Object.assign(found.task, change);
    emit(found.job.sessionId, { type: 'task', task: found.task });
    return structuredClone(found.task);
  };
  const plain = <T extends object>(item: Owned<T> | null): T | null => {
    if (!item) return null;
    const { sessionId: _, ...rest } = structuredClone(item);
    return rest as unknown as T;
  };

  const store: MemoryJobStore = {
    work: () => undefined,
    succeed: (id, transcript, worker = { name: 'local', device: 'cpu' }, evidence) => {
      transcripts.set(id, transcript);
      if (evidence) evidences.set(id, evidence);
      move(null, id, { state: 'succeeded', worker, warnings: transcript.warnings.length, finishedAt: now() });
    },
    fail: (id, error) => void move(null, id, { state: 'failed', error, finishedAt: now() }),
    recordings,
    jobCount: () => jobs.size,
    taskCounts: async () => {
      const states = [...jobs.values()].flatMap((job) => job.tasks.map(({ state }) => state));
      return Object.fromEntries(taskStates.map((state) => [state, states.filter((one) => one === state).length])) as TaskCounts;
    },
    watchedTasks: async (limit) => [...jobs.values()].flatMap(({ tasks }) => structuredClone(tasks)).slice(0, limit),
    sessionOfTask: async (id) => {
      const found = taskOf(null, id);
      if (!found) throw noTask(id);
      return found.job.sessionId;
    },
    modelsInUse: async () =>
      new Set([...jobs.values()].filter(({ tasks }) => tasks.some(({ state }) => !isFinal(state))).map(({ options }) => options.model)),
    addRecording: async (sessionId, { id, name, size, sha256 }) => {
      recordings.set(id, { id, name, size, sha256, createdAt: now(), sessionId });
      return { id, name, size, sha256, createdAt: now() };
    },
    recording: async (sessionId, id) => plain<Recording>(own(recordings, sessionId, id)),
    unusedRecordings: async (sessionId) => {
      const used = new Set([...jobs.values()].flatMap((job) => job.tasks.map((task) => task.recording.id)));
      const unused = [...recordings.values()].filter((item) => item.sessionId === sessionId && !used.has(item.id));
      return unused.flatMap((item) => plain<Recording>(item) ?? []);
    },
    recordingWithBytes: async (sessionId, { size, sha256 }) =>
      plain<Recording>([...recordings.values()].find((item) => item.sessionId === sessionId && item.size === size && item.sha256 === sha256) ?? null),
    storedBytes: async (sessionId) => {
      const own = [...recordings.values()].filter((item) => item.sessionId === sessionId);
      return [...new Map(own.map(({ sha256, size }) => [sha256, size])).values()].reduce((sum, size) => sum + size, 0);
    },
    deleteRecording: async (sessionId, id) => {
      if (!own(recordings, sessionId, id)) throw noRecording(id);
      if ([...jobs.values()].some((job) => job.tasks.some((task) => task.recording.id === id))) throw new AppError('conflict', 'A job uses it.');
      recordings.delete(id);
    },
    existingRecordings: async (ids) => new Set(ids.filter((id) => recordings.has(id))),
    createJob: async (sessionId, { name, options, recordingIds, priority = 0, compute = 'auto' }) => {
      const id = randomUUIDv7();
      const tasks = recordingIds.map((recordingId): Task => {
        const recording = plain<Recording>(own(recordings, sessionId, recordingId));
        if (!recording) throw noRecording(recordingId);
        const fresh = { state: 'queued', stage: null, progress: { doneSec: 0, totalSec: null }, attempt: 0, worker: null, error: null } as const;
        return { ...fresh, id: randomUUIDv7(), jobId: id, recording, warnings: 0, preview: [], createdAt: now(), startedAt: null, finishedAt: null };
      });
      const job = { id, name, options, priority, compute, createdAt: now(), kept: false, tasks, sessionId };
      jobs.set(id, job);
      const answer = plain<Job>(job) as Job;
      emit(sessionId, { type: 'job', job: answer });
      for (const task of answer.tasks) store.work(task, answer);
      return answer;
    },
    jobs: async (sessionId) =>
      [...jobs.values()]
        .filter((job) => job.sessionId === sessionId)
        .map((job) => plain<Job>(job) as Job)
        .reverse(),
    job: async (sessionId, id) => plain<Job>(own(jobs, sessionId, id)),
    task: async (sessionId, id) => structuredClone(taskOf(sessionId, id)?.task ?? null),
    cancelTask: async (sessionId, id) => {
      const task = taskOf(sessionId, id)?.task;
      return task && isFinal(task.state) ? structuredClone(task) : move(sessionId, id, { state: 'cancelled', finishedAt: now() });
    },
    cancelJob: async (sessionId, id) => {
      const job = own(jobs, sessionId, id);
      if (!job) throw noJob(id);
      for (const task of job.tasks) if (!isFinal(task.state)) move(sessionId, task.id, { state: 'cancelled', finishedAt: now() });
      return plain<Job>(job) as Job;
    },
    retryTask: async (sessionId, id) => {
      const state = taskOf(sessionId, id)?.task.state;
      if (state !== undefined && state !== 'failed' && state !== 'cancelled') throw new AppError('conflict', `The task is ${state}.`);
      return move(sessionId, id, { state: 'queued', error: null, finishedAt: null });
    },
    deleteJob: async (sessionId, id) => {
      const job = own(jobs, sessionId, id);
      if (!job) throw noJob(id);
      jobs.delete(id);
      const used = new Set([...jobs.values()].flatMap((other) => other.tasks.map((task) => task.recording.id)));
      const unused = job.tasks.map((task) => task.recording.id).filter((recordingId) => !used.has(recordingId));
      for (const recordingId of unused) recordings.delete(recordingId);
      emit(sessionId, { type: 'job-deleted', jobId: id });
      return unused;
    },
    finishWindow: (id, window) => {
      windows.set(id, [...(windows.get(id) ?? []), window]);
      move(null, id, { state: 'running' });
    },
    windowsSoFar: async (sessionId, taskId) => (taskOf(sessionId, taskId) && !transcripts.has(taskId) ? (windows.get(taskId) ?? []) : []),
    transcript: async (sessionId, taskId) => {
      const stored = await store.storedTranscript(sessionId, taskId);
      return stored && correctedTranscript(stored);
    },
    storedTranscript: async (sessionId, taskId) => {
      const original = taskOf(sessionId, taskId) && transcripts.get(taskId);
      return original ? { original, ...(overlays.get(taskId) ?? { overlay: noOverlay, revision: 0 }) } : null;
    },
    hearSpeakers: async (sessionId, taskId) => {
      const state = taskOf(sessionId, taskId)?.task.state;
      if (state !== undefined && state !== 'succeeded') throw new AppError('conflict', `The task is ${state}.`);
      return move(sessionId, taskId, { hearing: { state: 'queued', progress: { doneSec: 0, totalSec: null }, worker: null, error: null } });
    },
    cancelHearing: async (sessionId, taskId) => {
      const found = taskOf(sessionId, taskId);
      if (found) delete found.task.hearing;
      return move(sessionId, taskId, {});
    },
    speakerEvidence: async (sessionId, taskId) => (taskOf(sessionId, taskId) && evidences.get(taskId)) ?? null,
    keepOverlay: async (_sessionId, taskId, { after, overlay }) => {
      if ((overlays.get(taskId)?.revision ?? 0) !== after) throw new AppError('conflict', 'The transcript was changed meanwhile.');
      overlays.set(taskId, { overlay, revision: after + 1 });
    },
    taskFinal: async (sessionId, taskId, signal) => {
      // Listens before it looks, so that no change falls in between.
      const wakeUps = on(changes, 'change', { signal });
      try {
        for (;;) {
          const task = await store.task(sessionId, taskId);
          if (!task) throw noTask(taskId);
          if (isFinal(task.state)) return task;
          await wakeUps.next();
        }
      } catch (cause) {
        throw signal.aborted ? signal.reason : cause;
      } finally {
        await wakeUps.return?.();
      }
    },
    async *events(sessionId, lastId, signal) {
      let seen = lastId;
      const wakeUps = on(changes, 'change', { signal });
      while (!signal.aborted) {
        for (const { id, event, sessionId: owner } of log.slice(seen)) {
          seen = id;
          if (owner === sessionId) yield { id, event };
        }
        await wakeUps.next();
      }
    },
    keepJob: async (sessionId, id, kept) => {
      const job = own(jobs, sessionId, id);
      if (!job) throw noJob(id);
      Object.assign(job, { kept });
      const answer = plain<Job>(job) as Job;
      emit(sessionId, { type: 'job', job: answer });
      return answer;
    },
    storedAmounts: async () => ({
      database: { kind: 'embedded', version: '17.0', bytes: 0 },
      recordings: { count: recordings.size, bytes: [...recordings.values()].reduce((sum, { size }) => sum + size, 0) },
      transcripts: transcripts.size,
      sessions: new Set([...recordings.values()].map(({ sessionId }) => sessionId)).size,
    }),
    // What is found, and in what order, is tested on the real store.
    search: async () => ({ found: [], next: null }),
    // Time does not pass here: what retention does is tested on the real store.
    deleteEndedJob: async () => null,
    deleteUnusedRecordings: async () => [],
    keepRecoveryCode: async (sessionId, codeHash) => void recoveryCodes.set(sessionId, codeHash),
    sessionOfRecoveryCode: async (codeHash) => [...recoveryCodes].find(([, hash]) => hash === codeHash)?.[0] ?? null,
    deleteEverything: async (sessionId) => {
      const used: string[] = [];
      for (const { id } of await store.jobs(sessionId)) used.push(...(await store.deleteJob(sessionId, id)));
      const mine = [...recordings.values()].filter((recording) => recording.sessionId === sessionId).map(({ id }) => id);
      for (const id of mine) recordings.delete(id);
      recoveryCodes.delete(sessionId);
      return [...used, ...mine];
    },
    lastEventId: async (sessionId) => log.findLast((entry) => entry.sessionId === sessionId)?.id ?? 0,
  };
  return store;
}
