/**
 * The same tasks through three layers, each with all of those below it: the queue alone, the job store, the whole
 * controller with its pages' streams and a worker process whose engine is scripted. The difference between two layers is
 * what the upper one costs. Only this process is measured: the controller with its embedded database, and the listeners.
 */

import { randomUUIDv7 } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defaultOptions, type Job, type SessionEvent } from '@bulk-transcribe/protocol';
import { readSettings } from '@bulk-transcribe/service';
import { sign } from '@fastify/cookie';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { pino } from 'pino';
import { buildApp } from '../../src/app.ts';
import { projectRoot, settingsTable } from '../../src/config.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { startDispatch } from '../../src/dispatch/start-dispatch.ts';
import { readSessionKey } from '../../src/http/session-key.ts';
import { type OpenJobStore, openJobStore } from '../../src/jobs/open-job-store.ts';
import { TaskQueue } from '../../src/jobs/task-queue.ts';
import { createMetrics } from '../../src/metrics.ts';
import { openModels } from '../../src/models/open-models.ts';
import { openRecordingFiles } from '../../src/recordings/recording-files.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import { Uploads } from '../../src/uploads/uploads.ts';
import { fakeEngineWorker, localWorker } from '../dispatch/controller-core.ts';
import { transcriptOf } from '../http/test-app.ts';

export interface Load {
  /** Tasks that wait while the measured ones are worked off. */
  readonly depth: number;
  /** Tasks that are worked off, of those that wait. */
  readonly drain: number;
  readonly sessions: number;
}

/** CPU of one task from being queued to being settled, ms. */
export interface Cost {
  readonly submitMs: number;
  readonly workMs: number;
  /** By how much the memory of the process grew while the tasks were worked off, bytes. */
  readonly grown: number;
}

const log = pino({ level: 'silent' });
const worker = { name: 'local', device: 'cpu' } as const;

export const costOf = ({ submitMs, workMs }: Pick<Cost, 'submitMs' | 'workMs'>): number => submitMs + workMs;

/** A data folder with a fresh database, copied from one that was made before; removed by its disposal. */
export class DataFolders implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<DataFolders> {
    const folders = new DataFolders(await mkdtemp(path.join(tmpdir(), 'queue-soak-')));
    const store = await openJobStore({ dataRoot: path.join(folders.#folder, 'template'), log });
    await store.close();
    return folders;
  }

  async fresh(): Promise<string> {
    const folder = path.join(this.#folder, randomUUIDv7());
    await mkdir(folder);
    await cp(path.join(this.#folder, 'template', 'db'), path.join(folder, 'db'), { recursive: true });
    return folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function measure(load: Load, submit: () => Promise<unknown>, drain: () => Promise<unknown>): Promise<Cost> {
  const submitMs = (await cpuMs(submit)) / load.depth;
  const before = process.memoryUsage().rss;
  const workMs = (await cpuMs(drain)) / load.drain;
  return { submitMs, workMs, grown: process.memoryUsage().rss - before };
}

export async function queueCost(dataRoot: string, load: Load): Promise<Cost> {
  await using opened = new AsyncDisposableStack();
  const { database, close } = await openDatabase(dataRoot);
  opened.defer(close);
  const queue = await TaskQueue.open({ database, log, retryDelaySec: 0 });
  opened.defer(() => queue.close());
  const entries = Array.from({ length: load.depth }, (_, turn) => ({ id: randomUUIDv7(), priority: 0, turn }));
  return await measure(
    load,
    () => database.transaction((tx) => queue.append(tx, entries)),
    async () => {
      for (let count = 0; count < load.drain; count++) {
        const id = await database.transaction((tx) => queue.take(tx));
        await database.transaction((tx) => queue.settle(tx, id ?? ''));
      }
    },
  );
}

const sessionNames = (count: number): string[] => Array.from({ length: count }, (_, index) => `session-${index}`);

/** Recordings of each session, stored before anything is measured: uploads are not the queue's cost. */
export async function addRecordings(store: OpenJobStore, load: Load): Promise<Map<string, string[]>> {
  const recordings = new Map(sessionNames(load.sessions).map((session) => [session, [] as string[]]));
  const names = [...recordings.keys()];
  for (let index = 0; index < load.depth; index++) {
    const session = names[index % names.length] ?? '';
    const id = randomUUIDv7();
    await store.addRecording(session, { id, name: `interview ${index}.mp3`, size: SCRIPT.length, sha256: SCRIPT_SHA256 });
    recordings.get(session)?.push(id);
  }
  return recordings;
}

export async function storeCost(dataRoot: string, load: Load): Promise<Cost> {
  await using store = await disposable(dataRoot);
  const recordings = await addRecordings(store, load);
  const transcript = transcriptOf('Ask not what your country can do for you.');
  return await measure(
    load,
    async () => {
      for (const [session, recordingIds] of recordings) await store.createJob(session, { name: 'n', options: defaultOptions, recordingIds });
    },
    async () => {
      for (let count = 0; count < load.drain; count++) {
        const task = await store.claim(worker);
        if (!task) throw new Error('The queue was empty too early.');
        await store.update(task, { stage: 'recognise', progress: { doneSec: 1, totalSec: 9 }, preview: transcript.segments });
        await store.succeed(task, transcript);
        for (const attempt of await store.settlements(worker.name)) await store.settled(attempt);
      }
    },
  );
}

async function disposable(dataRoot: string): Promise<OpenJobStore & AsyncDisposable> {
  const store = await openJobStore({ dataRoot, log, retryDelaySec: 0 });
  return Object.assign(store, { [Symbol.asyncDispose]: () => store.close() });
}

const SCRIPT = 'fake{windows=2}';
/** printf 'fake{windows=2}' | sha256sum */
const SCRIPT_SHA256 = '2b52f83278badc5f9c260ddd90db246e4b62cd4f8691ae9917125b8b2a3cd31f';

/** The whole controller; every session has its page open. */
export async function controllerCost(dataRoot: string, load: Load): Promise<Cost> {
  await using opened = new AsyncDisposableStack();
  const store = opened.use(await disposable(dataRoot));
  const recordings = await addRecordings(store, load);
  const { url, cookieOf } = await startController(opened, store, dataRoot);
  const finished = countFinished(load.drain);
  const gone = new AbortController();
  const pages = [...recordings.keys()].map((session) => listen(`${url}/api/events`, cookieOf(session), gone.signal, finished.note));
  const submit = async (): Promise<void> => {
    for (const [session, recordingIds] of recordings) await post<Job>(`${url}/api/jobs`, cookieOf(session), { recordingIds });
  };
  const cost = await measure(load, submit, () => finished.all);
  gone.abort();
  await Promise.all(pages);
  return cost;
}

async function startController(opened: AsyncDisposableStack, jobs: OpenJobStore, dataRoot: string) {
  const config = readSettings(settingsTable, { DATA_ROOT: dataRoot }, projectRoot);
  const identity = { version: '0', gitCommit: 'unknown', buildTime: 'unknown' };
  const script = path.join(dataRoot, 'script');
  await writeFile(script, SCRIPT);
  const remote = await openRemote({ config, log });
  const workers = startDispatch({
    remote,
    ...{ jobs, local: localWorker(dataRoot), log, recordingPath: () => script, workerEntry: fakeEngineWorker },
  });
  opened.defer(() => workers.close());
  const files = await openRecordingFiles({ dataRoot, maxBytes: config.MAX_UPLOAD_BYTES });
  const { SESSION_QUOTA_BYTES: quotaBytes, UPLOAD_EXPIRY_MS: expiryMs } = config;
  const uploads = await Uploads.open({ dataRoot, jobs, files, quotaBytes, expiryMs, log });
  opened.defer(() => uploads.close());
  const metrics = createMetrics({ taskCounts: () => jobs.taskCounts(), dataRoot });
  const models = openModels({ config, log });
  const app = await buildApp({ config, identity, jobs, workers, files, uploads, metrics, models, remote, log });
  opened.defer(() => app.close());
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  while ((await fetch(`${url}/readyz`)).status !== 200) await new Promise((soon) => setTimeout(soon, 100));
  const key = await readSessionKey(dataRoot);
  return { url, cookieOf: (session: string) => `bulk_transcribe_session=${encodeURIComponent(sign(session, key))}` };
}

function countFinished(count: number) {
  const { promise: all, resolve } = Promise.withResolvers<void>();
  let left = count;
  const note = (event: SessionEvent): void => {
    if (event.type === 'task' && event.task.state === 'succeeded' && --left === 0) resolve();
  };
  return { all, note };
}

async function listen(url: string, cookie: string, signal: AbortSignal, note: (event: SessionEvent) => void): Promise<void> {
  try {
    const { body } = await fetch(url, { headers: { cookie, 'last-event-id': '0', accept: 'text/event-stream' }, signal });
    if (!body) throw new Error('The event stream has no body.');
    const messages = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { data } of messages) if (data) note(JSON.parse(data) as SessionEvent);
  } catch (cause) {
    if (!signal.aborted) throw cause;
  }
}

async function post<T>(url: string, cookie: string, body: unknown): Promise<T> {
  const response = await fetch(url, { method: 'POST', headers: { cookie, 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
