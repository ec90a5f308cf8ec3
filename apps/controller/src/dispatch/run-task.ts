/** One attempt of one task on one worker. */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, type ErrorCode, killsAt, type Transcript, toAppError, type WindowResult, type WorkerTask } from '@bulk-transcribe/protocol';
import { isDiskFull } from '@bulk-transcribe/service';
import type { Logger } from 'pino';
import type { ClaimedTask, TaskLedger } from '../jobs/task-ledger.ts';
import type { WorkerClient } from '../workers/worker-client.ts';
import type { WorkerLink } from '../workers/worker-link.ts';
import type { AttemptObserver } from './attempt-observer.ts';
import type { Crews } from './crews.ts';
import { fetchEvidence } from './fetch-evidence.ts';
import { ProgressReporter } from './progress-reporter.ts';
import { sendInput } from './send-input.ts';
import { sendWindows } from './send-windows.ts';

export interface RunParts {
  readonly ledger: TaskLedger;
  readonly link: WorkerLink;
  readonly crews: Crews;
  readonly recordingPath: (recordingId: string) => string;
  readonly log: Logger;
  readonly observer: AttemptObserver;
  /** Aborted when the task's owner stopped it, and when the controller closes: then the store keeps what it says. */
  readonly signal: AbortSignal;
}

/** An attempt; its signal also aborts when the store refuses it. */
interface Run extends RunParts {
  readonly task: ClaimedTask;
  readonly reporter: ProgressReporter;
}

/** One connection's worth of it. */
interface Step extends Run {
  readonly client: WorkerClient;
  readonly instance: string | null;
  readonly place: Place;
}

/** What outlives a cut connection. */
interface Place {
  /** Id of the last event seen, by the count of the process that has the task. */
  lastEventId: number;
  /** Connections lost since the worker last showed progress. */
  losses: number;
  /** Process of the worker that was at work on it last. */
  instance: string | null;
  /** Finished windows when that one's predecessor died at this recording, which it had alone; null where none did. */
  diedAt: number | null;
  /** A worker died with this recording among others: it goes alone from then on. */
  suspect: boolean;
  /** Finished windows seen, and the end of the last one, seconds. */
  windows: number;
  endSec: number;
  /** Of the recording, the most that a worker has told of: what shows progress where there are no windows. */
  doneSec: number;
}

/** A worker that is lost so often without getting anywhere in between is not given this recording again in this attempt. */
const MAX_LOSSES = 3;
/** Pause before an event stream that ended early is opened again. */
const REOPEN_MS = 500;

/**
 * (claimed) → send task → send finished windows → send input → follow events → fetch result (and what speakers were told by) → commit; the dispatcher acknowledges.
 * Rejects where the end of the attempt could not be stored: it is not over then, and may be run again from where it is.
 */
export async function runTask(task: ClaimedTask, parts: RunParts): Promise<void> {
  const { ledger, log } = parts;
  const stale = new AbortController();
  const signal = AbortSignal.any([parts.signal, stale.signal]);
  const onStale = (): void => stale.abort(new AppError('stale_attempt', 'The attempt is over.'));
  const finished = await ledger.finishedWindows(task.taskId);
  await using reporter = new ProgressReporter({ ledger, log, attempt: task, finished, onStale });
  try {
    const outcome = await throughCuts({ ...parts, task, reporter, signal }, async (step) => {
      const dead = noteDeath(step);
      const known = await sendTask(step);
      if (dead !== null) blame(step, dead, known);
      noteState(step, known);
      const accepted = await sendWindows({ ...step, accepted: known, finished: reporter.finished });
      await sendInput({ ...step, task: accepted, file: parts.recordingPath(task.recording.id) });
      const end = await followEvents(step, accepted);
      return end.state === 'succeeded' ? await fetchResult(step) : toFailure(end);
    });
    if (outcome instanceof AppError) throw outcome;
    await commitResult(task, parts, outcome);
  } catch (cause) {
    if (signal.aborted) return;
    // Our own disk, not the worker's, which tells of its own by an AppError: the result waits there until it can be stored.
    if (!(cause instanceof AppError) && isDiskFull(cause)) throw cause;
    await reporter.flush();
    const error = toAppError(cause);
    log.warn({ err: error.cause ?? error, code: error.code, taskId: task.taskId, attempt: task.attempt }, 'attempt failed');
    if (await ledger.fail(task, error)) parts.observer.failed(error);
  } finally {
    parts.crews.note(parts.link.instance, task.taskId, false);
  }
}

/** What a worker that is gone, restarting or not ready yet makes us see: the attempt goes on once it is back. */
const passing: readonly ErrorCode[] = ['worker_unavailable', 'engine_unavailable', 'shutting_down'];

async function throughCuts<T>(run: Run, work: (step: Step) => Promise<T>): Promise<T> {
  const { task, reporter, link, signal, log } = run;
  const { finished } = reporter;
  const endSec = finished.at(-1)?.end ?? 0;
  const place: Place = { lastEventId: 0, losses: 0, instance: null, diedAt: null, suspect: false, windows: finished.length, endSec, doneSec: 0 };
  for (;;) {
    const client = await link.ready(signal);
    try {
      return await work({ ...run, client, place, instance: link.instance });
    } catch (cause) {
      signal.throwIfAborted();
      place.losses += 1;
      if (!passing.includes(toAppError(cause).code) || place.losses >= MAX_LOSSES) throw cause;
      log.info({ err: cause, taskId: task.taskId, attempt: task.attempt }, 'worker lost, the attempt goes on when it is back');
    }
  }
}

/** Another process answers than the one that had the recording: that one died. Answers who was at work in it; null where it lives. */
function noteDeath({ place, instance, crews, task }: Step): ReadonlySet<string> | null {
  if (place.instance === instance) return null;
  const crew = place.instance === null ? null : crews.of(place.instance);
  // It counts on from what its disk holds, which may be less than what its predecessor told.
  Object.assign(place, { instance, lastEventId: 0 });
  if (crew !== null && crew.size > 1 && crew.has(task.taskId)) place.suspect = true;
  return crew;
}

/**
 * Whose fault it is that the worker died with that crew. What the new one still holds of the recording tells where it was. Throws
 * recording_kills_worker where its predecessor had died at the same place, with this recording alone: that is not chance.
 */
function blame({ place, task }: Step, crew: ReadonlySet<string>, known: WorkerTask): void {
  const isAlone = crew.size === 1 && crew.has(task.taskId);
  // With others in it the loss does not count: it may be their doing.
  if (!isAlone && crew.size > 0) place.losses -= 1;
  if (!isAlone) return;
  const windows = Math.max(known.windows, place.windows);
  if (windows === place.diedAt) throw new AppError('recording_kills_worker', killsAt('its worker', place.endSec));
  place.diedAt = windows;
}

async function sendTask({ client, task, reporter, place }: Step): Promise<WorkerTask> {
  const { taskId, attempt, options, recording, hearing } = task;
  const { name, size, sha256 } = recording;
  const windows = reporter.finished.length;
  const accepted = await client.sendTask({
    ...{ id: taskId, attempt, options, input: { name, size, sha256 }, windows },
    ...(hearing && { work: 'speakers' }),
    ...(place.suspect && { alone: true }),
  });
  assertCurrent(task, accepted);
  return accepted;
}

/** Until the worker says that the task is over. Where `accepted` says so, its end may have been heard before a connection was cut. */
async function followEvents(step: Step, accepted: WorkerTask): Promise<WorkerTask> {
  const { client, task, reporter, place, signal } = step;
  for (;;) {
    for await (const { id, event } of client.events(task.taskId, place.lastEventId, signal)) {
      place.lastEventId = id;
      reporter.note(event);
      if (event.type === 'window') noteProgress(place, event.window);
      if (event.type === 'status') noteState(step, event.task);
      if (event.type === 'status' && isOver(task, event.task)) return event.task;
    }
    if (isOver(task, accepted)) return accepted;
    await delay(REOPEN_MS, undefined, { signal });
  }
}

function noteState({ place, crews, instance, task }: Step, { state, progress: { doneSec } }: WorkerTask): void {
  crews.note(instance, task.taskId, state === 'running');
  if (doneSec <= place.doneSec) return;
  place.losses = 0;
  place.doneSec = doneSec;
}

/** What the worker tells again, of before, is none. */
function noteProgress(place: Place, { index, end }: WindowResult): void {
  if (index < place.windows) return;
  Object.assign(place, { losses: 0, windows: index + 1, endSec: end });
}

function isOver(task: ClaimedTask, news: WorkerTask): boolean {
  assertCurrent(task, news);
  return news.state === 'succeeded' || news.state === 'failed' || news.state === 'cancelled';
}

function toFailure({ state, error }: WorkerTask): AppError {
  if (state === 'failed' && error) return new AppError(error.code, error.message);
  return new AppError('internal', `The worker gave the task up: it is ${state} there, without a reason.`);
}

function assertCurrent({ attempt }: ClaimedTask, news: WorkerTask): void {
  if (news.attempt !== attempt)
    throw new AppError('stale_attempt', `The worker has attempt ${news.attempt} of this task, we asked about ${attempt}.`);
}

interface Result {
  readonly made: Transcript;
  readonly evidence: Uint8Array | null;
}

async function fetchResult(step: Step): Promise<Result> {
  const evidence = await fetchEvidence(step);
  return { made: await step.client.result(step.task.taskId, step.signal), evidence };
}

async function commitResult(task: ClaimedTask, { ledger, log, observer }: RunParts, { made, evidence }: Result): Promise<void> {
  const transcript = { ...made, provenance: { ...made.provenance, ...(task.worker && { place: task.worker }) } };
  const committed = await ledger.succeed(task, transcript, evidence);
  const { taskId, attempt } = task;
  if (!committed) {
    log.info({ taskId, attempt }, 'the result of an attempt that is over was dropped');
    return;
  }
  log.info({ taskId, attempt, timesRealTime: transcript.provenance.timesRealTime }, task.hearing ? 'speakers heard' : 'task succeeded');
  // Nothing was transcribed: it says nothing of how fast that goes.
  if (!task.hearing) observer.succeeded(transcript);
}
