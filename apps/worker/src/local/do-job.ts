/** One job on this machine: the same checks, engine and output as for a pulled one, without a task on disk. */
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ResultBucket } from '@bulk-transcribe/bucket';
import type { JobInput, JobOutput, TranscribeOptions, Transcript, WindowResult } from '@bulk-transcribe/protocol';
import type { Engine, RecordingFile } from '@bulk-transcribe/speech';
import type { Logger } from 'pino';
import { type Config, projectRoot } from '../config.ts';
import { describeFetch, type FetchModel } from '../engine/fetch-model.ts';
import { fetchAudio } from '../pull/fetch-audio.ts';
import { jobOptions, readJobInput, wantedModel } from '../pull/job-options.ts';
import { jobOutput, type Transcripts } from '../pull/job-output.ts';
import { type ExportFile, storeExports } from '../pull/store-exports.ts';
import type { LocalJob } from './find-job.ts';

export interface LocalParts {
  readonly config: Config;
  readonly engine: Engine;
  readonly fetchModel?: FetchModel;
  readonly log: Logger;
  /** Where audio_key lies; null where there is none. */
  readonly bucket: ResultBucket | null;
  /** Where paths of audio begin and exports go. */
  readonly root?: string;
}

interface DoJobOptions {
  /** May audio be a file of this machine? */
  readonly ownFiles: boolean;
  readonly signal: AbortSignal;
  /** Hears of each finished window of the transcription. */
  readonly onWindow?: (window: WindowResult) => void;
}

/** Resolves with the output, its links being paths below `uploaded/`. Rejects with what a pulled job would end with. */
export async function doJob({ id, input: given }: LocalJob, parts: LocalParts, options: DoJobOptions): Promise<JobOutput> {
  const { config, engine, fetchModel, log, root = projectRoot } = parts;
  const { signal, onWindow } = options;
  const input = readJobInput(given);
  const name = wantedModel(input, config.MODEL);
  await fetchModel?.(name, { signal, onProgress: (progress) => log.debug(describeFetch(name, progress)) });
  await engine.prepare();
  const asked = jobOptions(input, await engine.models(), config.MODEL);
  const folder = await mkdtemp(path.join(tmpdir(), 'bulk-transcribe-local-'));
  try {
    const recording = await openAudio(input, path.join(folder, 'audio'), { ...parts, ...options });
    const hear = async (task: TranscribeOptions, tell = onWindow): Promise<Transcript> =>
      await engine.transcribe(recording, task, signal, (event) => void (event.type === 'window' && tell?.(event.window)));
    const transcribe = await hear(asked);
    const translate = input.translate ? await hear({ ...asked, task: 'translate', wordTimes: false }, () => undefined) : null;
    const links = await writeExports(input, { transcribe, translate }, path.join(root, 'uploaded', encodeURIComponent(id)));
    return { ...jobOutput(input, { transcribe, translate }), links };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A path from the project's root on, where files of this machine may be heard; else as for a pulled job. */
async function openAudio(
  input: JobInput,
  file: string,
  { config, bucket, root = projectRoot, ownFiles, signal }: LocalParts & DoJobOptions,
): Promise<RecordingFile> {
  const own = ownFiles && input.audio ? path.resolve(root, input.audio) : '';
  const isFile =
    own !== '' &&
    (await stat(own).then(
      (found) => found.isFile(),
      () => false,
    ));
  if (isFile) return { path: own, name: path.basename(own) };
  const allowInsecure = config.ALLOW_INSECURE_AUDIO === 'true';
  const { name } = await fetchAudio(input, { file, allowInsecure, maxBytes: config.MAX_AUDIO_BYTES, bucket, signal });
  return { path: file, name };
}

async function writeExports(input: JobInput, transcripts: Transcripts, folder: string): Promise<Record<string, string>> {
  await mkdir(folder, { recursive: true });
  const store = async ({ name, body }: ExportFile): Promise<string> => {
    const file = path.join(folder, name);
    await writeFile(file, body);
    return file;
  };
  return await storeExports(input, transcripts, { title: path.basename(folder), store });
}
