/** A task as the worker holds it, and the table of its states. */
import { isDeepStrictEqual } from 'node:util';
import { AppError, type TaskRequest, type WorkerTask, type WorkerTaskState } from '@bulk-transcribe/protocol';
import type { EventLog } from './event-log.ts';
import type { InputFile } from './input-file.ts';
import type { TaskFolder, TaskRecord } from './task-folder.ts';

/** One try of one task. */
export interface Attempt {
  readonly id: string;
  readonly attempt: number;
}

export interface Task {
  record: TaskRecord;
  readonly folder: TaskFolder;
  readonly input: InputFile;
  readonly events: EventLog;
}

/** `running → queued` happens when the engine dies, and when the worker stops or is started again. */
const transitions: Readonly<Record<WorkerTaskState, readonly WorkerTaskState[]>> = {
  awaiting_input: ['queued', 'cancelled'],
  queued: ['running', 'awaiting_input', 'cancelled'],
  running: ['succeeded', 'failed', 'cancelled', 'queued', 'awaiting_input'],
  succeeded: [],
  failed: [],
  cancelled: [],
};

export function assertMove(from: WorkerTaskState, to: WorkerTaskState): void {
  if (!transitions[from].includes(to)) throw new AppError('conflict', `The task is ${from} and cannot become ${to}.`);
}

export const isSettled = (state: WorkerTaskState): boolean => transitions[state].length === 0;

export const newRecord = (request: TaskRequest): TaskRecord => ({
  request,
  state: 'awaiting_input',
  stage: null,
  progress: { doneSec: 0, totalSec: null },
  error: null,
  turn: 0,
});

/** Nothing is missing any more that the work needs: bytes, and windows that were finished elsewhere. */
export const isComplete = ({ record, input, events }: Task): boolean => input.complete && events.windows.length >= record.request.windows;

/** The task as clients see it. */
export function toWorkerTask({ record, input, events }: Task): WorkerTask {
  const { request, state, stage, progress, error } = record;
  const { id, attempt } = request;
  return { id, attempt, state, received: input.received, size: request.input.size, windows: events.windows.length, stage, progress, error };
}

/** What a request for an attempt means for the one we hold: the same, or the next one. Throws stale_attempt and conflict. */
export function compareRequests(held: TaskRequest, asked: TaskRequest): 'same' | 'newer' {
  if (asked.attempt > held.attempt) return 'newer';
  assertNotStale(held, asked);
  if (sameWork(held, asked) && held.input.name === asked.input.name) return 'same';
  throw new AppError('conflict', `Attempt ${asked.attempt} of this task is known with other options or another input.`);
}

/** Throws unless `attempt` is the attempt we hold. */
export function assertAttempt(held: TaskRequest, attempt: number): void {
  assertNotStale(held, { id: held.id, attempt });
  if (attempt > held.attempt) throw new AppError('conflict', `Attempt ${attempt} of this task is not known here; the newest is ${held.attempt}.`);
}

function assertNotStale(held: Attempt, asked: Attempt): void {
  if (asked.attempt < held.attempt) throw new AppError('stale_attempt', `Attempt ${asked.attempt} has been replaced by attempt ${held.attempt}.`);
}

/** What one attempt has finished holds for the other. */
export const sameWork = (one: TaskRequest, other: TaskRequest): boolean =>
  sameInput(one, other) && one.work === other.work && isDeepStrictEqual(one.options, other.options);

export const sameInput = (one: TaskRequest, other: TaskRequest): boolean =>
  one.input.sha256 === other.input.sha256 && one.input.size === other.input.size;
