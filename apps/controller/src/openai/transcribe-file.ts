/** One file through the common queue, for a client that waits; with it the samples of voices that are to be recognised in it. */
import { Readable } from 'node:stream';
import { AppError, type Job, type Task, type Transcript, type WindowResult } from '@bulk-transcribe/protocol';
import type { FastifyBaseLogger } from 'fastify';
import type { Parts } from '../http/parts.ts';
import type { JobStore } from '../jobs/job-store.ts';
import type { RecordingFiles } from '../recordings/recording-files.ts';
import { followWindows } from './follow-windows.ts';
import type { KnownSpeaker } from './known-speakers.ts';
import { nameSpeakers } from './name-speakers.ts';
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
  /** Of the speakers that were recognised, by id. */
  readonly speakerNames: ReadonlyMap<string, string>;
}

export interface FileToTranscribe {
  readonly file: TranscriptionForm['file'];
  readonly order: () => TranscriptionOrder;
  readonly signal: AbortSignal;
  readonly parts: Pick<Parts, 'jobs' | 'files' | 'workers' | 'config' | 'speakers'>;
  /** Told of each window once it is finished, in order; not of the last ones, where the transcript is there first. */
  readonly onWindow?: (window: WindowResult) => void;
  readonly log: FastifyBaseLogger;
}

/** Whatever happens, the recording and its job are gone afterwards. Rejects with the task's error, or the signal's reason. */
export async function transcribeFile({ file, order: readOrder, signal, parts, onWindow, log }: FileToTranscribe): Promise<TranscriptionResult> {
  const { jobs, files } = parts;
  const over = new AbortController();
  const recordings = [file];
  let job: Job | undefined;
  try {
    const order = readOrder();
    for (const speaker of order.known) recordings.push(await storeSample(speaker, files, signal));
    for (const recording of recordings) await jobs.addRecording(SESSION, recording);
    job = await jobs.createJob(SESSION, { name: file.name, options: order.options, recordingIds: recordings.map(({ id }) => id) });
    const until = AbortSignal.any([signal, over.signal]);
    const [first, ...others] = job.tasks;
    if (!first) throw new Error(`The job ${job.id} has no task.`);
    if (onWindow) void followWindows({ jobs, sessionId: SESSION, taskId: first.id, signal: until, onWindow, log });
    const finish = (task: Task) => finishedTask(task, { job: job as Job, until, parts });
    const { task, transcript } = await finish(first);
    const samples = await Promise.all(others.map(async (sample) => ({ name: sample.recording.name, ...(await heard(sample, finish, jobs)) })));
    const evidence = samples.length > 0 ? await jobs.speakerEvidence(SESSION, task.id) : null;
    return { order, task, transcript, speakerNames: await nameSpeakers({ transcript, evidence }, samples, parts.speakers) };
  } finally {
    over.abort(new AppError('cancelled', 'The request is over.'));
    const ids = recordings.map(({ id }) => id);
    if (job) await jobs.deleteJob(SESSION, job.id);
    else for (const id of ids) await jobs.deleteRecording(SESSION, id).catch(ignoreMissing);
    await files.remove(ids);
  }
}

const storeSample = async ({ name, sample }: KnownSpeaker, files: RecordingFiles, signal: AbortSignal): Promise<TranscriptionForm['file']> => ({
  ...(await files.store({ bytes: Readable.from([sample]), expectedSize: sample.length, signal })),
  name,
});

type Finish = (task: Task) => Promise<{ task: Task; transcript: Transcript }>;

async function heard(sample: Task, finish: Finish, jobs: Parts['jobs']): Promise<{ transcript: Transcript; evidence: Uint8Array | null }> {
  try {
    const { transcript } = await finish(sample);
    return { transcript, evidence: await jobs.speakerEvidence(SESSION, sample.id) };
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    throw new AppError(cause.code, `The sample of ${sample.recording.name}: ${cause.message}`, { cause, field: 'known_speaker_references' });
  }
}

interface Waiting {
  readonly job: Job;
  readonly until: AbortSignal;
  readonly parts: FileToTranscribe['parts'];
}

async function finishedTask({ id }: Task, { job, until, parts: { jobs, workers, config } }: Waiting): ReturnType<Finish> {
  const kind = { compute: job.compute, model: job.options.model };
  const task = await Promise.race([jobs.taskFinal(SESSION, id, until), workers.untilHopeless(kind, config.REMOTE_WAIT_MS, until)]);
  if (task.error) throw new AppError(task.error.code, task.error.message);
  const transcript = await jobs.transcript(SESSION, id);
  if (!transcript) throw new AppError('cancelled', 'The transcription was cancelled.');
  return { task, transcript };
}

/** It may have failed before there was a row. */
function ignoreMissing(cause: unknown): void {
  if (!(cause instanceof AppError && cause.code === 'not_found')) throw cause;
}

/** At start: removes what a killed process left of requests whose clients are gone. */
export async function forgetAbandoned(jobs: JobStore, files: RecordingFiles): Promise<void> {
  for (const job of await jobs.jobs(SESSION)) await files.remove(await jobs.deleteJob(SESSION, job.id));
}
