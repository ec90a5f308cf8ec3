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
import {
  AppError,
  type JobInput,
  type JobOutput,
  type ModelInfo,
  type TranscribeOptions,
  type Transcript,
  toAppError,
} from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import type { Clock } from '../life/clock.ts';
import { TaskFolder } from '../tasks/task-folder.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import { fetchAudio } from './fetch-audio.ts';
import { deliver, JobNews, type JobReports, reportsOf } from './job.ts';
import { jobBucket } from './job-bucket.ts';
import type { JobFolder } from './job-folder.ts';
import { jobOptions, readJobInput, wantedModel } from './job-options.ts';
import { jobOutput, type Transcripts } from './job-output.ts';
import type { JobServer } from './job-server.ts';
import { type ExportFile, storeExports } from './store-exports.ts';

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
      using bucket = this.#openBucket();
      const transcripts = await this.#transcribe(input, bucket);
      await this.#news.settled();
      if (!this.#signal.aborted) await this.#finish(input, transcripts, bucket);
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

  #openBucket(): ResultBucket | null {
    const { bucket: own, clock, log, settings } = this.#parts;
    return jobBucket(this.folder.record.s3Config, { own, allowInsecure: settings.allowInsecureAudio, clock, log, signal: this.#signal });
  }

  async #transcribe(input: JobInput, bucket: ResultBucket | null): Promise<Transcripts> {
    const { store, settings } = this.#parts;
    const { tasks } = this.folder.record;
    const options = jobOptions(input, await this.#modelsFor(input), settings.model);
    if (!store.holds({ id: tasks.transcribe, attempt: 1 })) await this.#putTasks(input, options, bucket);
    const transcribe = await this.#resultOf(tasks.transcribe, input);
    const translate = input.translate ? await this.#resultOf(tasks.translate, input) : null;
    return { transcribe, translate };
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
  async #putTasks(input: JobInput, options: TranscribeOptions, bucket: ResultBucket | null): Promise<void> {
    const { settings } = this.#parts;
    const { tasks } = this.folder.record;
    const file = this.folder.audioPath;
    const { allowInsecureAudio: allowInsecure, maxAudioBytes: maxBytes } = settings;
    const { name, ...bytes } = await fetchAudio(input, { file, allowInsecure, maxBytes, bucket, signal: this.#signal });
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

  /** What is too large to be sent lies behind the links alone. */
  async #finish(input: JobInput, transcripts: Transcripts, bucket: ResultBucket | null): Promise<void> {
    const { server, settings } = this.#parts;
    const { jobId } = this.folder.record;
    const output = jobOutput(input, transcripts);
    const bytes = Buffer.byteLength(JSON.stringify(output));
    const isLarge = bytes > (bucket ? Math.min(BUCKET_FROM_BYTES, settings.maxResultBytes) : settings.maxResultBytes);
    if (isLarge && !bucket) {
      throw new AppError(
        'payload_too_large',
        `The result has ${bytes} bytes, more than the ${settings.maxResultBytes} of MAX_RESULT_BYTES, and there is no bucket for it.`,
      );
    }
    const links = bucket ? await this.#links(input, { transcripts, bucket, isLarge }) : {};
    await this.#job.done(jobId, { ...(isLarge ? withoutText(output) : output), ...links }, input.stream === true && server.streams);
  }

  /** A bucket that refuses its files costs the links, not the transcript, unless that is too large to go without. */
  async #links(
    input: JobInput,
    { transcripts, bucket, isLarge }: { transcripts: Transcripts; bucket: ResultBucket; isLarge: boolean },
  ): Promise<Pick<JobOutput, 'links' | 'links_error'>> {
    const formats = isLarge && input.formats ? [...new Set([...input.formats, 'json' as const])] : input.formats;
    try {
      return { links: await this.#store({ ...input, ...(formats && { formats }) }, transcripts, bucket) };
    } catch (cause) {
      if (isLarge || !(cause instanceof AppError) || this.#signal.aborted) throw cause;
      this.#parts.log.error(
        { err: cause, jobId: this.folder.record.jobId },
        'the bucket did not take the files of a job; its result goes without links',
      );
      return { links_error: `${cause.message} ${cause.hint}` };
    }
  }

  /** Under the job's name. */
  async #store(input: JobInput, transcripts: Transcripts, bucket: ResultBucket): Promise<Record<string, string>> {
    const { jobId } = this.folder.record;
    const store = async ({ name, contentType, body }: ExportFile): Promise<string> => {
      const key = `${encodeURIComponent(jobId)}/${name}`;
      await bucket.put({ key, contentType, body });
      return await bucket.link(key);
    };
    return await storeExports(input, transcripts, { title: jobId, store });
  }
}

function withoutText({ transcript: _transcript, word_timestamps: _words, ...output }: JobOutput): JobOutput {
  return { ...output, segments: [], transcription: '', translation: null };
}
