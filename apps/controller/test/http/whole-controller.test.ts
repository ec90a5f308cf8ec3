/** The controller with its real database and dispatcher: once with a worker that plays scripts, once as users start it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { ErrorBody, Job, Recording, Transcript } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import { createLogger, readSettings } from '@bulk-transcribe/service';
import type { FastifyInstance } from 'fastify';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { projectRoot, settingsTable } from '../../src/config.ts';
import { startDispatch } from '../../src/dispatch/start-dispatch.ts';
import { openJobStore } from '../../src/jobs/open-job-store.ts';
import { createMetrics } from '../../src/metrics.ts';
import { openModels } from '../../src/models/open-models.ts';
import { forgetAbandoned } from '../../src/openai/transcribe-file.ts';
import { openRecordingFiles } from '../../src/recordings/recording-files.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import type { RemoteSettings } from '../../src/remote/remote-settings.ts';
import { Uploads } from '../../src/uploads/uploads.ts';
import { fakeEngineWorker, localWorker } from '../dispatch/controller-core.ts';
import { Browser } from './test-app.ts';

/** Words alone: no case, no punctuation. */
const words = (given: string) => given.toLowerCase().match(/[\p{L}\p{N}']+/gu);
const readyWithin = { timeout: 90_000, interval: 200 };
const untilReady = (url: string) =>
  vi.waitFor(async () => {
    const { status } = await fetch(`${url}/readyz`);
    if (status !== 200) throw new Error(`not ready: ${status}`);
  }, readyWithin);

describe('the app over the real job store and dispatcher', () => {
  const closing = new AsyncDisposableStack();
  let dataRoot: string;
  let app: FastifyInstance;
  let url: string;
  let ann: Browser;
  let client: OpenAI;
  let jobs: Awaited<ReturnType<typeof openJobStore>>;
  let files: Awaited<ReturnType<typeof openRecordingFiles>>;
  let settings: RemoteSettings;
  let workers: ReturnType<typeof startDispatch>;

  beforeAll(async () => {
    dataRoot = await mkdtemp(path.join(tmpdir(), 'whole-'));
    closing.defer(() => rm(dataRoot, { recursive: true, force: true }));
    const config = readSettings(settingsTable, { DATA_ROOT: dataRoot, REMOTE_WAIT_MS: '50' }, projectRoot);
    const identity = { version: '0.0.0-test', gitCommit: 'unknown', buildTime: 'unknown' };
    const log = createLogger('controller', { level: 'silent', format: 'json' });
    jobs = await openJobStore({ dataRoot, log });
    closing.defer(() => jobs.close());
    files = await openRecordingFiles({ dataRoot, maxBytes: config.MAX_UPLOAD_BYTES });
    const uploads = await Uploads.open({ dataRoot, jobs, files, quotaBytes: 0, expiryMs: config.UPLOAD_EXPIRY_MS, log });
    closing.defer(() => uploads.close());
    const metrics = createMetrics({ taskCounts: () => jobs.taskCounts(), dataRoot });
    const remote = await openRemote({ config, log });
    settings = remote.settings;
    workers = startDispatch({
      remote,
      jobs,
      observer: metrics,
      local: localWorker(dataRoot),
      log,
      recordingPath: files.path,
      workerEntry: fakeEngineWorker,
    });
    closing.defer(() => workers.close());
    const models = openModels({ config, log });
    app = await buildApp({ config, identity, jobs, workers, files, uploads, metrics, models, remote, log });
    closing.defer(() => app.close());
    url = await app.listen({ host: '127.0.0.1', port: 0 });
    ann = new Browser(url);
    client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 });
    await untilReady(url);
  });
  afterAll(() => closing.disposeAsync());

  const transcribe = async (script: string): Promise<Job> => {
    const { id } = (await ann.upload<Recording>('talk.wav', script)).body;
    return (await ann.post<Job>('/api/jobs', { recordingIds: [id] })).body;
  };
  const state = async (job: Job) => (await ann.json<Job>(`/api/jobs/${job.id}`)).body.tasks[0]?.state;

  it('brings an upload to its transcript', async () => {
    const job = await transcribe('fake{windows=2,text=Good_morning.}');
    await expect.poll(() => state(job)).toBe('succeeded');
    const id = job.tasks[0]?.id;
    expect((await ann.json<Transcript>(`/api/tasks/${id}/transcript`)).body.segments.map(({ text: said }) => said)).toEqual([
      'Good morning.',
      'Good morning.',
    ]);
    expect(await (await ann.fetch(`/api/tasks/${id}/export?format=txt`)).text()).toBe('Good morning. Good morning.\n');
  });

  it('says why a recording failed', async () => {
    const job = await transcribe('fake{fail=media_no_audio}');
    await expect.poll(() => state(job)).toBe('failed');
    expect((await ann.json<Job>(`/api/jobs/${job.id}`)).body.tasks[0]?.error).toMatchObject({ code: 'media_no_audio' });
  });

  it('and tells in its metrics how long that took, and what failed', async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    expect(text).toMatch(/\nbulk_transcribe_stage_seconds_count\{stage="\w+"\} 1\n/);
    expect(text).toContain('\nbulk_transcribe_attempts_failed_total{code="media_no_audio"} 1\n');
    expect(text).toContain('\nbulk_transcribe_tasks{state="succeeded"} 1\n');
  });

  it('answers the official OpenAI client and keeps nothing of it', async () => {
    const before = await readdir(files.folder);
    const file = await toFile(Buffer.from('fake{windows=1,text=Ask_not.}'), 'ask.wav');
    const { data, response } = await client.audio.transcriptions.create({ file, model: 'whisper-1' }).withResponse();
    expect(data.text).toBe('Ask not.');
    expect([response.headers.get('x-worker'), response.headers.get('x-device')]).toEqual(['local', 'cpu']);
    expect(await readdir(files.folder)).toEqual(before);
    expect(await jobs.jobs('openai')).toEqual([]);
  });

  it('lets a job choose only what the mode can keep', async () => {
    const { id } = (await ann.upload<Recording>('talk.wav', 'fake{}')).body;
    const { status, body } = await ann.post<ErrorBody>('/api/jobs', { recordingIds: [id], compute: 'gpu' });
    expect([status, body.error.code, body.error.field]).toEqual([400, 'option_not_supported', 'compute']);
    expect((await ann.post<Job>('/api/jobs', { recordingIds: [id], compute: 'cpu' })).body.compute).toBe('cpu');
  });

  it('answers 503 with the reason where the required remote worker stays away, and keeps nothing', async () => {
    await settings.save({ url: 'http://127.0.0.1:1', token: 'any', mode: 'required' });
    await expect.poll(() => workers.status().routing.reason).toContain('Nothing listens at');
    const file = await toFile(Buffer.from('fake{windows=1}'), 'ask.wav');
    const answer = client.audio.transcriptions.create({ file, model: 'whisper-1' });
    await expect(answer).rejects.toMatchObject({ status: 503, code: 'worker_unavailable', message: expect.stringContaining('Nothing listens at') });
    expect(await jobs.jobs('openai')).toEqual([]);
    await settings.save({ mode: 'off' });
  });

  it('cancels what a client that hung up was waiting for', async () => {
    const stop = new AbortController();
    const file = await toFile(Buffer.from('fake{windows=2,hang-after=1}'), 'long.wav');
    const outcome = client.audio.transcriptions.create({ file, model: 'whisper-1' }, { signal: stop.signal }).catch((cause: unknown) => cause);
    const running = async () => (await jobs.jobs('openai'))[0]?.tasks[0]?.state;
    await expect.poll(running).toBe('running');
    stop.abort();
    expect(await outcome).toBeInstanceOf(OpenAI.APIUserAbortError);
    await expect.poll(() => jobs.jobs('openai')).toEqual([]);
    const next = await client.audio.transcriptions.create({ file: await toFile(Buffer.from('fake{text=Free.}'), 'a.wav'), model: 'whisper-1' });
    expect(next.text, 'and the worker is free again').toBe('Free. Free.');
  });

  it('forgets at start what a killed process left of such requests', async () => {
    const file = await files.store({ bytes: createReadStream(sampleRecording.path), expectedSize: undefined, signal: new AbortController().signal });
    await jobs.addRecording('openai', { ...file, name: 'left.mp3' });
    const { options } = await transcribe('fake{text=x}');
    await jobs.createJob('openai', { name: 'left.mp3', options, recordingIds: [file.id] });
    await forgetAbandoned(jobs, files);
    expect(await jobs.jobs('openai')).toEqual([]);
    expect(await readdir(files.folder)).not.toContain(file.id);
  });
});

/** The program itself, as `npm start` runs it. */
class Program {
  readonly child: ChildProcess;
  readonly lines: string[] = [];
  readonly stderr: Promise<string>;
  readonly exit: Promise<number | null>;

  constructor(env: Record<string, string>) {
    const settings = { ENV_FILE: 'none', PATH: process.env['PATH'] ?? '', ...env };
    const entry = path.join(projectRoot, 'apps/controller/src/main.ts');
    this.child = spawn(process.execPath, ['--conditions=bulk-transcribe-source', entry], { env: settings, stdio: ['ignore', 'pipe', 'pipe'] });
    if (!this.child.stdout || !this.child.stderr) throw new Error('no pipes');
    createInterface({ input: this.child.stdout }).on('line', (line) => this.lines.push(line));
    this.stderr = text(this.child.stderr);
    this.exit = once(this.child, 'exit').then(([code]) => code as number | null);
  }

  /** The address that it tells its user to open. */
  address(): Promise<string> {
    return vi.waitFor(() => {
      const line = this.lines.find((item) => item.startsWith('Bulk Transcribe: open '));
      if (line === undefined) throw new Error('no address yet');
      return line.split(' ').at(-1) ?? '';
    }, readyWithin);
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('the program', () => {
  let dataRoot: string;
  let program: Program;
  let url: string;

  beforeAll(async () => {
    dataRoot = await mkdtemp(path.join(tmpdir(), 'program-'));
    program = new Program({ DATA_ROOT: dataRoot, PORT: '0' });
    url = await program.address();
    await untilReady(url);
  });
  afterAll(async () => {
    program.child.kill('SIGKILL');
    await program.exit;
    await rm(dataRoot, { recursive: true, force: true });
  });

  it('gives the same words by page and by OpenAI client: those that are said', async () => {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 });
    const { text: told } = await client.audio.transcriptions.create({ file: createReadStream(sampleRecording.path), model: 'whisper-1' });
    expect(words(told)).toEqual(words(sampleRecording.text));
    const ann = new Browser(url);
    const { id } = (await ann.json<Recording>('/api/recordings/sample', { method: 'POST' })).body;
    const job = (await ann.post<Job>('/api/jobs', { recordingIds: [id] })).body;
    const task = job.tasks[0]?.id;
    await expect.poll(async () => (await ann.fetch(`/api/tasks/${task}/transcript`)).status).toBe(200);
    expect((await (await ann.fetch(`/api/tasks/${task}/export?format=txt`)).text()).trim()).toBe(told);
  });

  it.skipIf(process.platform === 'win32')('keeps what it writes from other users of the machine', async () => {
    const modes = (await readdir(dataRoot)).map((name) => ({ name, forOthers: statSync(path.join(dataRoot, name)).mode & 0o077 }));
    expect(modes.map(({ name }) => name)).toEqual(expect.arrayContaining(['.lock', 'config', 'db', 'recordings', 'worker']));
    expect(modes.filter(({ forOthers }) => forOthers !== 0)).toEqual([]);
  });

  it('refuses a folder that another one uses', async () => {
    const second = new Program({ DATA_ROOT: dataRoot, PORT: '0' });
    expect(await second.exit).toBe(1);
    expect(await second.stderr).toMatch(/^Another process uses .*Stop it first, or set another DATA_ROOT\.\n$/);
  });

  it('stops on Ctrl-C, its children too', async () => {
    const children = program.lines.flatMap((line) =>
      line.includes('the local worker listens') ? [(JSON.parse(line) as { workerPid: number }).workerPid] : [],
    );
    expect(children.map(isAlive)).toEqual([true]);
    program.child.kill('SIGINT');
    expect(await program.exit).toBe(0);
    expect(children.map(isAlive)).toEqual([false]);
  });
});

describe('a program that cannot start', () => {
  it('names the wrong settings, all of them', async () => {
    const program = new Program({ PORT: 'eighty', MAX_UPLOAD_BYTES: '-1', API_TOKENS: 'short-secret' });
    expect(await program.exit).toBe(2);
    const told = await program.stderr;
    expect(told).toMatch(/PORT is "eighty"; allowed: a port number/);
    expect(told).toMatch(/MAX_UPLOAD_BYTES is "-1"/);
    expect(told).toMatch(/API_TOKENS is not usable/);
    expect(told).not.toContain('short-secret');
  });

  it('names the port that is taken', async () => {
    const dataRoot = await mkdtemp(path.join(tmpdir(), 'taken-'));
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const program = new Program({ DATA_ROOT: dataRoot, PORT: String(port) });
    expect(await program.exit).toBe(1);
    expect(await program.stderr).toBe(
      `Port ${port} on 127.0.0.1 is in use, perhaps by Bulk Transcribe itself. Stop the program that uses it, or set PORT to another one.\n`,
    );
    expect(await readdir(dataRoot), 'and leaves nothing behind').toEqual([]);
    other.close();
    await rm(dataRoot, { recursive: true, force: true });
  });
});
