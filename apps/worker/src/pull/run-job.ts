/**
 * One pulled job, from its input to an end that the server has taken:
 *
 *   check → fetch audio → task (the same store, runner and engine as over HTTP) → output → bucket where it is large → end on disk → deliver
 *
 * Every step may be repeated after a restart: what is on disk says where it goes on.
 */
import { link, rename } from 'node:fs/promises';
import path from 'node:path';
import type { ResultBucket } from '@bulk-transcribe/bucket';
import { exportKinds } from '@bulk-transcribe/export';
import {
  AppError,
  type ExportFormat,
  type JobInput,
  type JobOutput,
  type ModelInfo,
  type TranscribeOptions,
  type Transcript,
  toAppError,
} from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import { type Clock, pauseOn } from '../life/clock.ts';
import { TaskFolder } from '../task-folder.ts';
import type { TaskStore } from '../task-store.ts';
import { fetchAudio } from './fetch-audio.ts';
import { deliver, growingPause, JobNews, type JobReports, reportsOf } from './job.ts';
import type { JobFolder } from './job-folder.ts';
import { jobOptions, readJobInput, wantedModel } from './job-options.ts';
import { jobOutput } from './job-output.ts';
import type { JobServer } from './job-server.ts';

export interface JobParts {
  readonly server: JobServer;
  readonly store: TaskStore;
  /** Waits until the model of this name is there; resolves with all that are. */
  readonly needModel: (name: string, signal: AbortSignal) => Promise<readonly ModelInfo[]>;
  readonly bucket: ResultBucket | null;
  readonly clock: Clock;
  readonly log: Logger;
  readonly workerId: string;
  readonly settings: {
    readonly dataRoot: string;
    readonly model: string;
    readonly allowInsecureAudio: boolean;
    readonly maxAudioBytes: number;
    readonly maxResultBytes: number;
  };
}

/** Larger outputs go to the bucket where there is one. */
const BUCKET_FROM_BYTES = 5_000_000;

/** Longest wait for a model that has to be fetched. */
const MODEL_MS = 30 * 60_000;

/** What ends a job of this worker before its own end. `stop`: the server wants nothing more of it. `close`: the worker ends; the job goes on after a restart. */
export interface JobSignals {
  readonly stop: AbortSignal;
  readonly close: AbortSignal;
}

export class JobRun {
  readonly folder: JobFolder;
  readonly #parts: JobParts;
  readonly #signals: JobSignals;
  readonly #signal: AbortSignal;
  readonly #job: JobReports;
  readonly #news: JobNews;

  constructor(folder: JobFolder, parts: JobParts, signals: JobSignals) {
    this.folder = folder;
    this.#parts = parts;
    this.#signals = signals;
    this.#signal = AbortSignal.any([signals.stop, signals.close]);
    const options = { server: parts.server, folder, clock: parts.clock, log: parts.log, signal: this.#signal };
    this.#job = reportsOf(options);
    this.#news = new JobNews(options);
  }

  /** Brings the job to an end, on disk. Resolves early where a signal aborts. */
  async work(): Promise<void> {
    const { jobId, end } = this.folder.record;
    if (end) return;
    try {
      const input = readJobInput(this.folder.record.input);
      const output = await this.#transcribe(input);
      await this.#news.settled();
      if (!this.#signal.aborted) await this.#finish(output, input.stream === true && this.#parts.server.streams);
    } catch (cause) {
      if (this.#signal.aborted) return;
      const { code, message, hint } = toAppError(cause);
      if (code === 'internal') this.#parts.log.error({ err: cause, jobId }, 'a job failed for a reason that nobody foresaw');
      await this.#news.settled();
      await this.#job.error(this.#parts.workerId, jobId, `${message} ${hint} (${code})`);
    }
  }

  /** Delivers the end and lets go of everything. A stopped job is let go without a word. */
  async settle(): Promise<void> {
    const { server, clock, log, settings } = this.#parts;
    if (!this.#signals.stop.aborted) {
      const outcome = await deliver({ server, folder: this.folder, clock, log, signal: this.#signal });
      if (outcome === 'refused') return await this.#setAside(settings.dataRoot);
    }
    if (this.#signals.close.aborted) return;
    await this.#letGo();
    await this.folder.remove();
  }

  async #setAside(dataRoot: string): Promise<void> {
    await this.#letGo();
    await this.folder.setAside(path.join(dataRoot, 'refused-jobs'));
  }

  async #letGo(): Promise<void> {
    const { store } = this.#parts;
    for (const id of Object.values(this.folder.record.tasks)) {
      if (!store.holds({ id, attempt: 1 })) continue;
      await store.cancel({ id, attempt: 1 });
      await store.acknowledge({ id, attempt: 1 });
    }
  }

  async #transcribe(input: JobInput): Promise<JobOutput> {
    const { store, settings } = this.#parts;
    const { tasks } = this.folder.record;
    const options = jobOptions(input, await this.#modelsFor(input), settings.model);
    if (!store.holds({ id: tasks.transcribe, attempt: 1 })) await this.#putTasks(input, options);
    const transcribe = await this.#resultOf(tasks.transcribe, input);
    const translate = input.translate ? await this.#resultOf(tasks.translate, input) : null;
    return jobOutput(input, { transcribe, translate });
  }

  /** One that is not here is fetched first. */
  async #modelsFor(input: JobInput): Promise<readonly ModelInfo[]> {
    const { needModel, settings } = this.#parts;
    const name = wantedModel(input, settings.model);
    const limit = AbortSignal.timeout(MODEL_MS);
    try {
      return await needModel(name, AbortSignal.any([this.#signal, limit]));
    } catch (cause) {
      if (limit.aborted) throw new AppError('execution_timeout', `The model “${name}” was not here after ${MODEL_MS / 60_000} minutes.`, { cause });
      if (!(cause instanceof AppError)) throw cause;
      throw new AppError(cause.code, `${cause.message} (Field model: “${name}”.)`, { cause, field: 'model' });
    }
  }

  /** The translation first: once the transcription is held, both are. */
  async #putTasks(input: JobInput, options: TranscribeOptions): Promise<void> {
    const { settings } = this.#parts;
    const { tasks } = this.folder.record;
    const file = this.folder.audioPath;
    const { allowInsecureAudio: allowInsecure, maxAudioBytes: maxBytes } = settings;
    const { name, ...bytes } = await fetchAudio(input, { file, allowInsecure, maxBytes, signal: this.#signal });
    const put = async (id: string, taskOptions: TranscribeOptions, place: typeof link): Promise<void> => {
      const folder = new TaskFolder(path.join(settings.dataRoot, 'tasks', id));
      await folder.create();
      await place(file, folder.inputPath);
      await this.#parts.store.put({ id, attempt: 1, options: taskOptions, input: { name, ...bytes }, windows: 0 });
    };
    if (input.translate && !this.#parts.store.holds({ id: tasks.translate, attempt: 1 })) {
      await put(tasks.translate, { ...options, task: 'translate', wordTimes: false }, link);
    }
    await put(tasks.transcribe, options, rename);
  }

  /** Follows the task to its end. Throws what it failed with. */
  async #resultOf(id: string, { stream }: JobInput): Promise<Transcript> {
    const { store } = this.#parts;
    const isStreamed = stream === true && id === this.folder.record.tasks.transcribe;
    for await (const { event } of store.find(id).events.stream(0, this.#signal)) {
      if (event.type === 'window') {
        if (isStreamed) this.#news.part(event.window);
        continue;
      }
      const { state, error, progress, stage } = event.task;
      if (state === 'failed' && error) throw new AppError(error.code, error.message);
      if (state === 'succeeded') return await store.readResult(id);
      if (state === 'running') this.#news.progress({ stage, ...progress });
    }
    throw new AppError('shutting_down', 'The worker ended before the job did.');
  }

  async #finish(output: JobOutput, isStream: boolean): Promise<void> {
    const { settings, bucket } = this.#parts;
    const { jobId } = this.folder.record;
    const links = bucket ? await this.#store(bucket, output.transcript) : undefined;
    const whole = links ? { ...output, links } : output;
    const bytes = Buffer.byteLength(JSON.stringify(whole));
    if (links && bytes > BUCKET_FROM_BYTES)
      return await this.#job.done(jobId, { ...whole, segments: [], transcript: undefined, transcription: '' }, isStream);
    if (bytes > settings.maxResultBytes) {
      throw new AppError(
        'payload_too_large',
        `The result has ${bytes} bytes, more than the ${settings.maxResultBytes} of MAX_RESULT_BYTES, and there is no bucket for it.`,
      );
    }
    await this.#job.done(jobId, whole, isStream);
  }

  /** Every format, under the job's name. A bucket that is away is waited for, like the server that takes results. */
  async #store(bucket: ResultBucket, transcript: Transcript): Promise<Record<string, string>> {
    const links: Record<string, string> = {};
    for (const [format, { extension, contentType, render }] of Object.entries(exportKinds) as [ExportFormat, (typeof exportKinds)[ExportFormat]][]) {
      const key = `${encodeURIComponent(this.folder.record.jobId)}/transcript.${extension}`;
      await this.#patiently(async () => await bucket.put({ key, contentType, body: await render(transcript, this.folder.record.jobId) }));
      links[format] = await bucket.link(key);
    }
    return links;
  }

  async #patiently(step: () => Promise<void>): Promise<void> {
    const { clock, log } = this.#parts;
    for (let tries = 0; ; tries++) {
      try {
        return await step();
      } catch (err) {
        if (!(err instanceof AppError) || !err.retryable || this.#signal.aborted) throw err;
        log.warn({ err, tries }, 'the bucket is away; the result waits for it');
        await pauseOn(clock, growingPause(tries), this.#signal);
      }
    }
  }
}
