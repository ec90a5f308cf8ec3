/** /api/admin/remote-workers: every answer, status, origin and file row; a worker that is added takes work at once. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ErrorBody, FurtherWorkers, RemoteWorkerTest } from '@bulk-transcribe/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { startTestApp, type TestApp } from '../http/test-app.ts';
import { ADMIN_TOKEN, askAdmin } from './admin-client.ts';
import { pinging } from './foreign-server.ts';

const A = 'https://abc123xyz-8477.proxy.runpod.net';
const B = 'https://5kq2m8x7n1abcd-8477.proxy.runpod.net';
const TOKEN = 'token-of-a-further-worker';
const WORKERS = '/remote-workers';

async function start(dataRoot: string): Promise<TestApp> {
  return await startTestApp({ ADMIN_TOKEN, DATA_ROOT: dataRoot, REMOTE_WORKERS: 'env-pod|https://env.example|token-of-the-environment' });
}

async function ask(app: TestApp, method: string, target: string, body?: unknown) {
  const headers = { 'x-admin-token': ADMIN_TOKEN, ...(body !== undefined && { 'content-type': 'application/json' }) };
  const answer = await fetch(`${app.url}/api/admin${target}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  return { status: answer.status, body: (await answer.json()) as FurtherWorkers & ErrorBody };
}

test('workers are listed, added, changed and removed; tokens go to their origin alone and are told nowhere', async () => {
  const dataRoot = await mkdtemp(path.join(tmpdir(), 'further-'));
  onTestFinished(() => rm(dataRoot, { recursive: true, force: true }));
  const app = await start(dataRoot);
  const env = { name: 'env-pod', url: 'https://env.example', tokenSet: true, source: 'env', updatedAt: null, warning: '' };
  expect(await ask(app, 'GET', WORKERS)).toEqual({ status: 200, body: { workers: [env], warnings: [] } });

  const added = await ask(app, 'POST', WORKERS, { url: ` ${A}/ `, token: ` ${TOKEN}\n` });
  const saved = { name: 'abc123xyz', url: A, tokenSet: true, source: 'saved', updatedAt: expect.any(String), warning: '' };
  expect(added).toEqual({ status: 201, body: { workers: [env, saved], warnings: [] } });
  const file = path.join(dataRoot, 'config', 'remote_workers.json');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).toContain(TOKEN);

  for (const [status, code, field, body] of [
    [409, 'conflict', 'name', { name: 'abc123xyz', url: B, token: TOKEN }],
    [409, 'conflict', 'name', { name: 'env-pod', url: B, token: TOKEN }],
    [409, 'conflict', 'name', { name: 'local', url: B, token: TOKEN }],
    [409, 'conflict', 'url', { name: 'other', url: A, token: TOKEN }],
    [400, 'invalid_request', 'url', { url: '', token: TOKEN }],
    [400, 'invalid_request', 'url', { url: 'https://u:p@worker.example', token: TOKEN }],
    [400, 'invalid_request', 'url', { url: 'http://worker.example', token: TOKEN }],
    [400, 'invalid_request', 'url', { url: 'https://169.254.169.254', token: TOKEN }],
    [400, 'invalid_request', 'token', { url: B, token: 'one\ntwo' }],
    [400, 'invalid_request', 'token', { url: B, token: 1 }],
    [400, 'invalid_request', 'name', { name: 'a|b', url: B, token: TOKEN }],
    [400, 'invalid_request', 'mode', { url: B, token: TOKEN, mode: 'off' }],
  ] as const) {
    const refused = await ask(app, 'POST', WORKERS, body);
    expect([refused.status, refused.body.error.code, refused.body.error.field], JSON.stringify(body)).toEqual([status, code, field]);
  }
  expect((await ask(app, 'GET', WORKERS)).body.workers).toEqual([env, saved]);

  // Another origin, no token: kept, not sent, and its owner is told.
  const moved = await ask(app, 'PATCH', `${WORKERS}/abc123xyz`, { url: B, name: 'pod-b' });
  expect(moved.body.workers[1]).toMatchObject({ name: 'pod-b', url: B, tokenSet: true, warning: expect.stringContaining(`set for ${A}`) });
  const tested = await askAdmin<RemoteWorkerTest>(app, `${WORKERS}/pod-b/test`, {});
  expect(tested.body).toMatchObject({ ok: false, error: { code: 'token_needed' } });
  expect((await ask(app, 'PATCH', `${WORKERS}/pod-b`, { url: A })).body.workers[1]).toMatchObject({ warning: '' });
  expect((await ask(app, 'PATCH', `${WORKERS}/pod-b`, { token: '' })).body.workers[1]).toMatchObject({
    tokenSet: false,
    warning: expect.any(String),
  });
  const { url } = await pinging();
  await ask(app, 'PATCH', `${WORKERS}/pod-b`, { url, token: TOKEN });
  expect((await askAdmin<RemoteWorkerTest>(app, `${WORKERS}/pod-b/test`, {})).body).toMatchObject({ ok: true, gpuName: 'NVIDIA A100' });

  for (const method of ['PATCH', 'DELETE']) {
    const body = method === 'PATCH' ? {} : undefined;
    expect((await ask(app, method, `${WORKERS}/nobody`, body)).status).toBe(404);
    expect((await ask(app, method, `${WORKERS}/env-pod`, body)).body.error.code).toBe('conflict');
  }
  expect((await fetch(`${app.url}/api/admin${WORKERS}`)).status).toBe(401);
  await app.close();

  // It survives a restart.
  const again = await start(dataRoot);
  expect((await ask(again, 'GET', WORKERS)).body.workers[1]).toMatchObject({ name: 'pod-b', url, tokenSet: true });
  expect((await ask(again, 'DELETE', `${WORKERS}/pod-b`)).body.workers).toEqual([env]);
  expect([...app.logLines, ...again.logLines].filter((line) => line.includes(TOKEN))).toEqual([]);
  await again.close();
});

test('a file that cannot be read is kept aside, and its owner is told', async () => {
  const dataRoot = await mkdtemp(path.join(tmpdir(), 'further-'));
  onTestFinished(() => rm(dataRoot, { recursive: true, force: true }));
  await mkdir(path.join(dataRoot, 'config'));
  await writeFile(path.join(dataRoot, 'config', 'remote_workers.json'), `[{"token":"${TOKEN}"`);
  const app = await start(dataRoot);
  onTestFinished(() => app.close());
  const [aside] = await readdir(path.join(dataRoot, 'config'));
  expect(aside).toMatch(/^remote_workers\.json\.broken-/);
  expect((await ask(app, 'GET', WORKERS)).body.warnings).toEqual([expect.stringContaining(String(aside))]);
  expect(app.logLines.filter((line) => line.includes(TOKEN))).toEqual([]);
  await ask(app, 'POST', WORKERS, { url: A, token: TOKEN });
  expect(await readFile(path.join(dataRoot, 'config', String(aside)), 'utf8')).toContain(TOKEN);
});
