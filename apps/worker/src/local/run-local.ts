/**
 * One job on this machine, without any server: from the command line or a file, with the same engine and the same output as a pulled one.
 * The result goes to standard output as JSON, log lines to standard error, exports to `uploaded/`. No life, no idle time.
 */
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exportKinds } from '@bulk-transcribe/export';
import { type JobInput, type JobOutput, type TranscribeOptions, type Transcript, toAppError } from '@bulk-transcribe/protocol';
import type { Engine, RecordingFile } from '@bulk-transcribe/speech';
import type { Logger } from 'pino';
import { type Config, projectRoot } from '../config.ts';
import { describeFetch, type FetchModel } from '../fetch-model.ts';
import { fetchAudio } from '../pull/fetch-audio.ts';
import { jobOptions, readJobInput, wantedModel } from '../pull/job-options.ts';
import { jobOutput } from '../pull/job-output.ts';
import type { JobServer } from '../pull/job-server.ts';
import { findJob, type LocalJob } from './find-job.ts';

export interface LocalRun {
  readonly config: Config;
  readonly engine: Engine;
  readonly fetchModel?: FetchModel;
  readonly log: Logger;
  /** Hears of an error, as the first worker had it; null where there is none. */
  readonly server: JobServer | null;
  /** The job itself, in place of a file. */
  readonly given: string | undefined;
  readonly print: (line: string) => void;
  /** Where the file lies and exports go. */
  readonly root?: string;
}

/** Resolves with the exit code: 0, also where there is no job, or 1 where it failed. */
export async function runLocal(run: LocalRun): Promise<number> {
  const { given, log, print, root = projectRoot } = run;
  let id = 'local_test';
  try {
    const job = await findJob(root, given);
    if (!job) {
      log.warn({ root }, 'there is no test_inputs.json and no test_input.json: nothing to do');
      return 0;
    }
    id = job.id;
    print(JSON.stringify({ id, output: await doJob(job, run) }, null, 2));
    return 0;
  } catch (cause) {
    const { message, hint, code } = toAppError(cause);
    log.error({ err: cause, code }, 'the job failed');
    const error = `${message} ${hint} (${code})`;
    print(JSON.stringify({ id, error }, null, 2));
    await tellServer(run, id, error);
    return 1;
  }
}

async function tellServer({ server, log }: LocalRun, id: string, error: string): Promise<void> {
  const signal = AbortSignal.timeout(30_000);
  await server
    ?.post(id, JSON.stringify({ error }), { isStream: false, signal })
    .catch((err: unknown) => log.error({ err }, 'the error could not be posted'));
}

async function doJob({ id, input: given }: LocalJob, run: LocalRun): Promise<JobOutput> {
  const { config, engine, fetchModel, root = projectRoot } = run;
  const input = readJobInput(given);
  const { signal } = new AbortController();
  const name = wantedModel(input, config.MODEL);
  await fetchModel?.(name, { signal, onProgress: (progress) => run.log.debug(describeFetch(name, progress)) });
  await engine.prepare();
  const options = jobOptions(input, await engine.models(), config.MODEL);
  const folder = await mkdtemp(path.join(tmpdir(), 'bulk-transcribe-local-'));
  try {
    const recording = await openAudio(input, path.join(folder, 'audio'), run);
    const hear = async (task: TranscribeOptions): Promise<Transcript> => await engine.transcribe(recording, task, signal, () => undefined);
    const transcribe = await hear(options);
    const translate = input.translate ? await hear({ ...options, task: 'translate', wordTimes: false }) : null;
    return {
      ...jobOutput(input, { transcribe, translate }),
      links: await writeExports(path.join(root, 'uploaded', encodeURIComponent(id)), transcribe),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Here, and only here, audio may also be a file of this machine: a path from the project's root on. */
async function openAudio(input: JobInput, file: string, { config, root = projectRoot }: LocalRun): Promise<RecordingFile> {
  const own = input.audio ? path.resolve(root, input.audio) : '';
  const isFile =
    own !== '' &&
    (await stat(own).then(
      (found) => found.isFile(),
      () => false,
    ));
  if (isFile) return { path: own, name: path.basename(own) };
  const { signal } = new AbortController();
  const { name } = await fetchAudio(input, { file, allowInsecure: config.ALLOW_INSECURE_AUDIO === 'true', maxBytes: config.MAX_AUDIO_BYTES, signal });
  return { path: file, name };
}

/** Every format; paths by format. */
async function writeExports(folder: string, transcript: Transcript): Promise<Record<string, string>> {
  await mkdir(folder, { recursive: true });
  const links: Record<string, string> = {};
  for (const [format, { extension, render }] of Object.entries(exportKinds)) {
    const file = path.join(folder, `transcript.${extension}`);
    await writeFile(file, await render(transcript, path.basename(folder)));
    links[format] = file;
  }
  return links;
}
