/** The real app on a free port, with a job store in memory and a worker that is said to be up. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import type { ModelInfo, Transcript } from '@bulk-transcribe/protocol';
import { createLogger, readSettings } from '@bulk-transcribe/service';
import { type AppOptions, buildApp } from '../../src/app.ts';
import { settingsTable } from '../../src/config.ts';
import type { WorkersStatus } from '../../src/dispatch/workers.ts';
import { createMetrics } from '../../src/metrics.ts';
import { type Models, openModels } from '../../src/models/open-models.ts';
import { openRecordingFiles, type RecordingFiles } from '../../src/recordings/recording-files.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import { Uploads } from '../../src/uploads/uploads.ts';
import { type MemoryJobStore, memoryJobStore } from './memory-job-store.ts';
import { saidWorkers } from './said-workers.ts';

export const english: ModelInfo = {
  id: 'moonshine-tiny-en',
  name: 'Moonshine tiny (English)',
  languages: ['en'],
  wordTimes: false,
  prompt: false,
  translation: false,
  license: 'MIT',
  default: true,
};

const local = { name: 'local', device: 'cpu' };

export const upAndReady: WorkersStatus = {
  ready: true,
  message: '',
  worker: local,
  models: [english],
  fetchable: [],
  routing: { mode: 'off', choices: ['auto', 'cpu'], place: local, timesRealTime: null, reason: '', waits: [], notices: [] },
};

/** No worker is up. */
export const down = (message: string): WorkersStatus => ({
  ...{ ready: false, message, worker: null, models: [], fetchable: [] },
  routing: { ...upAndReady.routing, place: null, reason: message },
});

export interface TestApp {
  readonly url: string;
  readonly dataRoot: string;
  readonly files: RecordingFiles;
  readonly jobs: MemoryJobStore;
  readonly uploads: Uploads;
  readonly models: Models;
  /** What the worker is said to be; may be changed. */
  readonly workers: { now: WorkersStatus };
  readonly logLines: string[];
  readonly server: Server;
  readonly close: () => Promise<void>;
}

export async function startTestApp(env: Record<string, string> = {}, more: Pick<AppOptions, 'webRoot' | 'listenerSilenceMs'> = {}): Promise<TestApp> {
  const dataRoot = await mkdtemp(path.join(tmpdir(), 'controller-'));
  const config = readSettings(settingsTable, { DATA_ROOT: dataRoot, ...env }, dataRoot);
  const logLines: string[] = [];
  const sink = new Writable({
    write(line, _encoding, done) {
      logLines.push(String(line));
      done();
    },
  });
  const jobs = memoryJobStore();
  const workers = { now: upAndReady };
  const log = createLogger('controller', { level: 'debug', format: 'json' }, sink);
  const files = await openRecordingFiles({ dataRoot, maxBytes: config.MAX_UPLOAD_BYTES });
  const { SESSION_QUOTA_BYTES: quotaBytes, UPLOAD_EXPIRY_MS: expiryMs } = config;
  const uploads = await Uploads.open({ dataRoot, jobs, files, quotaBytes, expiryMs, log });
  const models = openModels({ config, log });
  const app = await buildApp({
    config,
    jobs,
    workers: saidWorkers(() => workers.now),
    metrics: createMetrics({ taskCounts: async () => jobs.taskCounts(), dataRoot }),
    models,
    remote: await openRemote({ config, log }),
    files,
    uploads,
    identity: { version: '0.0.0-test', gitCommit: 'unknown', buildTime: 'unknown' },
    log,
    webRoot: path.join(dataRoot, 'no-pages'),
    ...more,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const close = async () => {
    await app.close();
    await models.close();
    uploads.close();
    await rm(dataRoot, { recursive: true, force: true });
  };
  return { url, dataRoot, files, jobs, uploads, models, workers, logLines, server: app.server, close };
}

export const transcriptOf = (text: string, more: Partial<Transcript> = {}): Transcript => ({
  version: 1,
  language: 'en',
  durationSec: 11,
  speechSec: 10,
  segments: [{ start: 0.5, end: 10.5, text, avgLogProb: -0.2 }],
  warnings: [],
  provenance: {
    engine: 'test 1',
    model: { id: english.id, files: [] },
    device: 'cpu',
    threads: 1,
    decoder: 'none',
    startedAt: '2026-01-01T00:00:00.000Z',
    finishedAt: '2026-01-01T00:00:01.000Z',
    steps: [],
    timesRealTime: 11,
  },
  ...more,
});

/** A browser: keeps its cookies. */
export class Browser {
  readonly #url: string;
  readonly #cookies = new Map<string, string>();

  constructor(url: string) {
    this.#url = url;
  }

  async fetch(target: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookie) headers.set('cookie', this.cookie);
    const response = await fetch(this.#url + target, { ...init, headers });
    for (const set of response.headers.getSetCookie()) this.cookie = set.split(';')[0] ?? '';
    return response;
  }

  /** As it sends them. */
  get cookie(): string {
    return [...this.#cookies].map((pair) => pair.join('=')).join('; ');
  }

  /** One more, or another value of one that it has. */
  set cookie(pair: string) {
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    this.#cookies.set(name, value);
  }

  async json<T>(target: string, init: RequestInit = {}): Promise<{ status: number; body: T }> {
    const response = await this.fetch(target, init);
    return { status: response.status, body: (await response.json()) as T };
  }

  post<T>(target: string, body: unknown): Promise<{ status: number; body: T }> {
    return this.json<T>(target, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  }

  upload<T>(name: string, bytes: Uint8Array<ArrayBuffer> | string): Promise<{ status: number; body: T }> {
    const target = `/api/recordings?name=${encodeURIComponent(name)}`;
    return this.json<T>(target, { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: bytes });
  }
}
