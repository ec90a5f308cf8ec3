/** The recordings of a batch by a controller: send what it does not have, make a job of it, wait, fetch each transcript as it is ready. */
import { AppError, isFinal, type Recording, type Task, type TranscribeOptions } from '@bulk-transcribe/protocol';
import { bytesInWords } from '../bytes-in-words.ts';
import type { Batch, Pending } from '../transcribe/batch.ts';
import type { ControllerApi } from './controller-api.ts';
import { EarlierWork } from './earlier-work.ts';
import { sendRecording } from './send-recording.ts';
import type { UploadAddresses } from './upload-addresses.ts';
import { wait } from './wait.ts';

export interface ThereOptions {
  readonly api: ControllerApi;
  readonly options: TranscribeOptions;
  /** What the job is called; undefined: as the controller likes. */
  readonly name: string | undefined;
  /** Do not take what earlier runs have begun. */
  readonly again: boolean;
  readonly addresses: UploadAddresses;
}

/** What one job takes. */
const MOST_RECORDINGS = 5000;
/** How often a job is asked about, milliseconds: seldom enough for a large one. */
const ASK_MS = 1000;
const ASK_MS_PER_TASK = 5;

/** The tasks that we wait for. */
type Waiting = Map<Task['id'], { readonly pending: Pending; readonly jobId: string }>;

export async function transcribeThere(batch: Batch, there: ThereOptions): Promise<void> {
  const { api, again } = there;
  const earlier = new EarlierWork(again ? [] : await api.jobs(), await api.unusedRecordings(), batch.options);
  const waiting: Waiting = new Map();
  const sent: { pending: Pending; recording: Recording }[] = [];
  for await (const pending of batch.pending()) {
    try {
      const task = earlier.takeTask(pending);
      if (task) waiting.set(task.id, { pending, jobId: (await goOn(api, task)).jobId });
      else sent.push({ pending, recording: earlier.takeRecording(pending) ?? (await send(batch, pending, there)) });
    } catch (cause) {
      await batch.fail(pending.input, cause);
    }
  }
  for (let from = 0; from < sent.length && !batch.signal.aborted; from += MOST_RECORDINGS) {
    await startJob(sent.slice(from, from + MOST_RECORDINGS), there, waiting);
  }
  await fetchAll(batch, there, waiting);
}

/** What failed, or was cancelled, is tried again. */
const goOn = (api: ControllerApi, task: Task): Promise<Task> | Task =>
  task.state === 'failed' || task.state === 'cancelled' ? api.retry(task.id) : task;

async function send(batch: Batch, pending: Pending, { api, addresses }: ThereOptions): Promise<Recording> {
  const { path, name, size } = pending.input;
  const { sha256 } = pending.work;
  const known = await api.addKnown({ sha256, size, name });
  if (known) return known;
  const key = `${api.uploads.url} ${sha256} ${name}`;
  return await sendRecording(api, {
    path,
    name,
    sha256,
    address: addresses.get(key),
    onAddress: (address) => addresses.keep(key, address),
    onSent: (done, total) => batch.show(pending, { doing: 'sending', done, total, inWords: bytesInWords }),
    signal: batch.signal,
  });
}

/** One job for all, so that a rented GPU that waits for work gets it in one go. */
async function startJob(
  sent: readonly { pending: Pending; recording: Recording }[],
  { api, options, name }: ThereOptions,
  waiting: Waiting,
): Promise<void> {
  const recordingIds = sent.map(({ recording }) => recording.id);
  const job = await api.startJob({ recordingIds, options, ...(name !== undefined && { name }) });
  for (const task of job.tasks) {
    const pending = sent.find(({ recording }) => recording.id === task.recording.id)?.pending;
    if (pending) waiting.set(task.id, { pending, jobId: job.id });
  }
}

async function fetchAll(batch: Batch, { api, options }: ThereOptions, waiting: Waiting): Promise<void> {
  let reason = '';
  for (;;) {
    const jobIds = new Set([...waiting.values()].map(({ jobId }) => jobId));
    const jobs = await Promise.all([...jobIds].map((id) => api.job(id)));
    const tasks = jobs.flatMap((job) => job?.tasks ?? []);
    for (const task of tasks) await settle(batch, api, task, waiting);
    await failDeleted(batch, tasks, waiting);
    if (waiting.size === 0) return;
    const running = tasks.find(({ id, state }) => state === 'running' && waiting.has(id));
    if (running) show(batch, running, waiting);
    else reason = await tellWhyItWaits(batch, api, { model: options.model, told: reason });
    await wait(ASK_MS + ASK_MS_PER_TASK * tasks.length, batch.signal);
  }
}

function show(batch: Batch, { id, progress }: Task, waiting: Waiting): void {
  const pending = waiting.get(id)?.pending;
  if (pending) batch.show(pending, { done: progress.doneSec, total: progress.totalSec });
}

/** Once for each reason. Answers what was told last. */
async function tellWhyItWaits(batch: Batch, api: ControllerApi, { model, told }: { model: string; told: string }): Promise<string> {
  const { routing, message } = await api.system();
  const reason = routing.waits.find((waits) => waits.model === model)?.reason || message;
  if (reason !== '' && reason !== told) batch.say(`The controller: ${reason}`);
  return reason;
}

/** Somebody has deleted the job in the meantime. */
async function failDeleted(batch: Batch, tasks: readonly Task[], waiting: Waiting): Promise<void> {
  const there = new Set(tasks.map(({ id }) => id));
  for (const [id, { pending }] of waiting) {
    if (there.has(id)) continue;
    waiting.delete(id);
    await batch.fail(pending.input, new AppError('cancelled', 'Its job was deleted on the controller. The same command begins it again.'));
  }
}

async function settle(batch: Batch, api: ControllerApi, task: Task, waiting: Waiting): Promise<void> {
  const pending = waiting.get(task.id)?.pending;
  if (!pending || !isFinal(task.state)) return;
  waiting.delete(task.id);
  try {
    if (task.state !== 'succeeded') throw failureOf(task);
    await batch.finish(pending, await api.transcript(task.id));
  } catch (cause) {
    await batch.fail(pending.input, cause);
  }
}

const failureOf = ({ error }: Task): AppError =>
  error ? new AppError(error.code, error.message) : new AppError('cancelled', 'It was cancelled on the controller. The same command tries it again.');
