import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelEnvironment, readSettings } from '@bulk-transcribe/service';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { settingsTable, systemEnvironment } from '../../src/config.ts';
import { startDispatch } from '../../src/dispatch/start-dispatch.ts';
import { openJobStore } from '../../src/jobs/open-job-store.ts';
import { LocalWorker } from '../../src/workers/local-worker.ts';
import { newWorkerToken, workerEnvironment } from '../../src/workers/worker-environment.ts';
import { emptyFolder, quiet, temporaryDataRoot } from '../database/template.ts';
import { fakeEngineWorker, localWorker } from '../dispatch/controller-core.ts';
import { noRemote } from '../remote/no-remote.ts';

const environmentWorker = fileURLToPath(new URL('../dispatch/environment-worker.ts', import.meta.url));
const identity = { version: '0', gitCommit: 'c0ffee', buildTime: '2026-01-01T00:00:00Z' };

async function start(entry = environmentWorker) {
  const dataRoot = await emptyFolder();
  const token = newWorkerToken();
  const given = { HF_ENDPOINT: 'https://mirror.test', HF_HUB_OFFLINE: '1', HTTPS_PROXY: 'http://proxy.test:3128' };
  const downloads = modelEnvironment(readSettings(settingsTable, given, '/'));
  const modelsDir = path.join(dataRoot, 'models');
  const settings = { dataRoot, modelsDir, device: 'cpu', threads: 3, slots: 2, downloads, logLevel: 'silent', logFormat: 'json', identity };
  const lines: { msg?: string; workerPid?: number; code?: number }[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line) as object) });
  const worker = new LocalWorker({ entry, env: workerEnvironment(systemEnvironment(), token, settings), token, log });
  onTestFinished(() => worker.close());
  const listening = async () => {
    while (!worker.endpoint) await once(worker, 'change');
    return worker.endpoint;
  };
  return { worker, dataRoot, token, lines, listening };
}

test('the child gets its own settings, the way to the hub, and nothing else of ours', async () => {
  for (const name of ['WORKER_TOKEN', 'API_TOKENS', 'ADMIN_TOKEN', 'RUNPOD_API_KEY', 'NODE_OPTIONS_OF_OURS'])
    vi.stubEnv(name, 'a-secret-of-the-controller');
  vi.stubEnv('PORT', '8476');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { dataRoot, token, listening } = await start();
  expect(await listening()).toEqual({ url: 'http://127.0.0.1:1', token });
  const { env, argv } = JSON.parse(await readFile(path.join(dataRoot, 'worker', 'environment.json'), 'utf8')) as {
    env: Record<string, string>;
    argv: string[];
  };
  expect(JSON.stringify(env)).not.toContain('a-secret-of-the-controller');
  expect(env).toMatchObject({
    ...{ PORT: '0', HOST: '127.0.0.1', ENV_FILE: 'none', WORKER_TOKEN: token, DEVICE: 'cpu', THREADS: '3', SLOTS: '2', LOG_LEVEL: 'silent' },
    ...{ DATA_ROOT: path.join(dataRoot, 'worker'), MODELS_DIR: path.join(dataRoot, 'models'), GIT_COMMIT: 'c0ffee', BUILD_TIME: identity.buildTime },
    ...{ HF_ENDPOINT: 'https://mirror.test', HF_HUB_OFFLINE: '1', HTTPS_PROXY: 'http://proxy.test:3128' },
    PATH: process.env['PATH'],
  });
  expect(env).not.toHaveProperty('HF_TOKEN');
  expect(argv).toEqual([]);
});

test('tokens are long, and no two are the same', () => {
  expect(Buffer.from(newWorkerToken(), 'base64url')).toHaveLength(32);
  expect(newWorkerToken()).not.toBe(newWorkerToken());
});

test('a child that dies is started again, and the status says so meanwhile', async () => {
  const { worker, lines, listening } = await start();
  await listening();
  const first = lines.find(({ msg }) => msg === 'the local worker listens')?.workerPid;
  const down = once(worker, 'change');
  process.kill(first ?? Number.NaN, 'SIGKILL');
  await down;
  expect({ endpoint: worker.endpoint, message: worker.message }).toEqual({
    endpoint: null,
    message: 'The local worker ended and is being started again.',
  });
  await listening();
  expect(lines.findLast(({ msg }) => msg === 'the local worker listens')?.workerPid).not.toBe(first);
  expect(worker.message).toBe('');
  expect(lines).toContainEqual(expect.objectContaining({ signal: 'SIGKILL', msg: 'the local worker ended and is started again' }));
});

test('a program that cannot start is tried again and never counts as listening', async () => {
  const { worker, lines } = await start(path.join(await emptyFolder(), 'nothing-here.mjs'));
  await once(worker, 'change');
  expect(worker.endpoint).toBeNull();
  expect(lines).toContainEqual(expect.objectContaining({ code: 1, pauseMs: 500 }));
});

test('closing ends the child', async () => {
  const { worker, lines, listening } = await start();
  await listening();
  await worker.close();
  const pid = lines.find(({ msg }) => msg === 'the local worker listens')?.workerPid;
  expect(() => process.kill(pid ?? Number.NaN, 0)).toThrow('ESRCH');
  expect(worker.endpoint).toBeNull();
});

test('the status becomes ready with the worker, and says what it can', async () => {
  const dataRoot = await temporaryDataRoot();
  const jobs = await openJobStore({ dataRoot, log: quiet });
  onTestFinished(() => jobs.close());
  const ready = Promise.withResolvers<void>();
  const log = pino({ base: null }, { write: (line: string) => line.includes('"worker takes work"') && ready.resolve() });
  const recordingPath = (id: string): string => path.join(dataRoot, id);
  const dispatch = startDispatch({
    remote: await noRemote(dataRoot),
    ...{ jobs, local: localWorker(dataRoot), log, recordingPath, workerEntry: fakeEngineWorker },
  });
  onTestFinished(() => dispatch.close());
  expect(dispatch.status()).toMatchObject({ ready: false, message: 'The local worker is starting.', worker: null, models: [] });
  await ready.promise;
  expect(dispatch.status()).toMatchObject({ ready: true, message: '', worker: { name: 'local', device: 'cpu' }, models: [{ default: true }] });
});
