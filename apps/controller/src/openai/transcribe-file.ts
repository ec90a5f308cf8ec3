/** One file through the common queue, for a client that waits. */
import { AppError, type Job, type Task, type Transcript, type WindowResult } from '@bulk-transcribe/protocol';
import type { Parts } from '../http/parts.ts';
import type { JobStore } from '../jobs/job-store.ts';
import type { RecordingFiles } from '../recordings/recording-files.ts';
import { followWindows } from './follow-windows.ts';
import type { TranscriptionForm } from './read-form.ts';
import type { TranscriptionOrder } from './read-order.ts';

/**
 * The session of all these requests. Their ids are told to nobody, so one is enough; and what is found in it at start
 * belongs to clients that went with the last process.
 */
const SESSION = 'openai';

export interface TranscriptionResult {
  readonly order: TranscriptionOrder;
  readonly task: Task;
  readonly transcript: Transcript;
}

export interface FileToTranscribe {
  readonly file: TranscriptionForm['file'];
  readonly order: () => TranscriptionOrder;
  readonly signal: AbortSignal;
  readonly parts: Pick<Parts, 'jobs' | 'files' | 'workers' | 'config'>;
  /** Told of each window once it is finished, in order; not of the last ones, where the transcript is there first. */
  readonly onWindow?: (window: WindowResult) => void;
}

/** Whatever happens, the recording and its job are gone afterwards. Rejects with the task's error, or the signal's reason. */
export async function transcribeFile({ file, order: readOrder, signal, parts, onWindow }: FileToTranscribe): Promise<TranscriptionResult> {
  const { jobs, files, workers, config } = parts;
  const over = new AbortController();
  let job: Job | undefined;
  try {
    const order = readOrder();
    await jobs.addRecording(SESSION, file);
    job = await jobs.createJob(SESSION, { name: file.name, options: order.options, recordingIds: [file.id] });
    const until = AbortSignal.any([signal, over.signal]);
    const taskId = taskOf(job).id;
    if (onWindow) void followWindows({ jobs, sessionId: SESSION, taskId, signal: until, onWindow });
    const kind = { compute: job.compute, model: order.options.model };
    const task = await Promise.race([jobs.taskFinal(SESSION, taskId, until), workers.untilHopeless(kind, config.REMOTE_WAIT_MS, until)]);
    if (task.error) throw new AppError(task.error.code, task.error.message);
    const transcript = await jobs.transcript(SESSION, task.id);
    if (!transcript) throw new AppError('cancelled', 'The transcription was cancelled.');
    return { order, task, transcript };
  } finally {
    over.abort(new AppError('cancelled', 'The request is over.'));
    if (job) await jobs.deleteJob(SESSION, job.id);
    else await jobs.deleteRecording(SESSION, file.id).catch(ignoreMissing);
    await files.remove([file.id]);
  }
}

function taskOf(job: Job): Task {
  const [task] = job.tasks;
  if (!task) throw new Error(`The job ${job.id} has no task.`);
  return task;
}

/** It may have failed before there was a row. */
function ignoreMissing(cause: unknown): void {
  if (!(cause instanceof AppError && cause.code === 'not_found')) throw cause;
}

/** At start: removes what a killed process left of requests whose clients are gone. */
export async function forgetAbandoned(jobs: JobStore, files: RecordingFiles): Promise<void> {
  for (const job of await jobs.jobs(SESSION)) await files.remove(await jobs.deleteJob(SESSION, job.id));
}
