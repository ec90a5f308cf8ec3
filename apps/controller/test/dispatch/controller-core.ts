/** Job store and dispatcher with a worker process whose engine plays what the recording's own text says. */
import { createHash, randomUUIDv7 } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Compute, defaultOptions, type Task } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import { type DispatchOptions, startDispatch } from '../../src/dispatch/start-dispatch.ts';
import { type OpenJobStore, openJobStore } from '../../src/jobs/open-job-store.ts';
import { noRemote } from '../remote/no-remote.ts';

export const fakeEngineWorker = fileURLToPath(new URL('../../../worker/test/fake-engine-worker.ts', import.meta.url));

/** Settings of a local worker that says nothing. */
export const localWorker = (dataRoot: string, slots = 1): DispatchOptions['local'] => ({
  ...{ dataRoot, modelsDir: path.join(dataRoot, 'models'), device: 'cpu', threads: 1, slots, logLevel: 'silent', logFormat: 'json' },
  identity: { version: '0', gitCommit: 'c0ffee', buildTime: 'now' },
});

interface CoreOptions {
  readonly dataRoot: string;
  readonly log: Logger;
  readonly workerEntry?: string;
  readonly patience?: DispatchOptions['patience'];
  readonly leaseSec?: number;
  readonly slots?: number;
  readonly remote?: DispatchOptions['remote'];
  readonly uploading?: DispatchOptions['uploading'];
}

export async function openCore({
  dataRoot,
  log,
  workerEntry = fakeEngineWorker,
  patience = {},
  leaseSec = 60,
  slots = 1,
  remote,
  uploading,
}: CoreOptions) {
  const jobs = await openJobStore({ dataRoot, log, retryDelaySec: 0, leaseSec });
  const recordingPath = (id: string): string => path.join(dataRoot, 'recordings', id);
  mkdirSync(path.join(dataRoot, 'recordings'), { recursive: true });
  const dispatch = startDispatch({
    remote: remote ?? (await noRemote(dataRoot)),
    ...(uploading && { uploading }),
    ...{ jobs, local: localWorker(dataRoot, slots), log, recordingPath, workerEntry, patience },
  });
  const close = async (): Promise<void> => {
    await dispatch.close();
    await jobs.close();
  };
  return { jobs, dispatch, recordingPath, close };
}

export type Core = Awaited<ReturnType<typeof openCore>>;

/** A job of recordings with these contents. */
export async function submit(
  { jobs, recordingPath }: Pick<Core, 'jobs' | 'recordingPath'>,
  contents: readonly (string | Buffer)[],
  { compute = 'auto', session = 'mine', ...options }: { compute?: Compute; session?: string; model?: string; diarization?: boolean } = {},
): Promise<Task[]> {
  const recordingIds: string[] = [];
  for (const content of contents) {
    const id = randomUUIDv7();
    const bytes = Buffer.from(content);
    await writeFile(recordingPath(id), bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await jobs.addRecording(session, { id, name: 'interview.mp3', size: bytes.length, sha256 });
    recordingIds.push(id);
  }
  return (await jobs.createJob(session, { name: 'Job', options: { ...defaultOptions, ...options }, recordingIds, compute })).tasks;
}

/** Resolves with the task as soon as `wanted` holds for it. */
export async function untilTask(jobs: OpenJobStore, id: string, wanted: (task: Task) => boolean): Promise<Task> {
  const now = await jobs.task('mine', id);
  if (now && wanted(now)) return now;
  for await (const { event } of jobs.events('mine', 0, AbortSignal.timeout(90_000))) {
    if (event.type === 'task' && event.task.id === id && wanted(event.task)) return event.task;
  }
  throw new Error('The task never came to that.');
}

export const final = (jobs: OpenJobStore, task: Task | undefined): Promise<Task> =>
  jobs.taskFinal('mine', task?.id ?? '', AbortSignal.timeout(90_000));
