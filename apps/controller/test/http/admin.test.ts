/** The admin door, and the models behind it, from a hub on this machine. */
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  type AdminSystem,
  defaultOptions,
  type ErrorBody,
  type ModelInstall,
  type ModelState,
  type ModelsOverview,
  type Recording,
} from '@bulk-transcribe/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestHub } from '../../../../packages/models/test/test-hub.ts';
import { COMMIT, checkpoint } from '../../../../packages/models/test/tiny-checkpoint.ts';
import { Browser, startTestApp, type TestApp } from './test-app.ts';

const token = 'the-admin-token-of-the-test';
const MODEL = 'somebody/whisper-of-mine';
const NAME = 'somebody--whisper-of-mine';

let hub: TestHub;
let app: TestApp;
beforeEach(async () => {
  hub = await TestHub.start();
  hub.repositories.set(MODEL, checkpoint());
});
afterEach(async () => {
  await app.close();
  await hub[Symbol.asyncDispose]();
});
const start = async (env: Record<string, string> = {}) => {
  app = await startTestApp({ ADMIN_TOKEN: token, HF_ENDPOINT: hub.url, ...env });
};

async function ask<T>(
  method: string,
  target: string,
  body?: object,
  given: string | null = token,
): Promise<{ status: number; body: T; headers: Headers }> {
  const headers = { ...(given !== null && { 'x-admin-token': given }), ...(body && { 'content-type': 'application/json' }) };
  const answer = await fetch(`${app.url}/api/admin${target}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? null : JSON.parse(text)) as T, headers: answer.headers };
}

const stateOf = async (name = NAME) => (await ask<ModelState>('GET', `/models/${name}`)).body;
/** A busy machine may take long. */
const patiently = { timeout: 90_000 };
const until = (seen: (state: ModelState) => boolean) =>
  vi.waitFor(async () => {
    const state = await stateOf();
    if (!seen(state)) throw new Error(`not yet: ${JSON.stringify(state)}`);
    return state;
  }, patiently);
const install = () => ask<ModelInstall>('POST', '/models', { name: MODEL });

describe('the admin door', () => {
  it('tells the owner of disk, database, amounts and versions', async () => {
    await start({ RETENTION_DAYS: '7' });
    await new Browser(app.url).upload('a.wav', 'sound');
    const { status, body } = await ask<AdminSystem>('GET', '/system');
    expect(status).toBe(200);
    expect(body).toMatchObject({ retentionDays: 7, recordings: { count: 1, bytes: 5 }, sessions: 1, node: process.versions.node });
    expect(body.disk.folder).toBe(app.dataRoot);
    expect(body.disk.totalBytes).toBeGreaterThan(body.disk.freeBytes);
    expect(Date.parse(body.startedAt)).toBeLessThan(Date.now());
    expect((await ask('GET', '/system', undefined, null)).status).toBe(401);
  });

  it('is closed where no token is set, and says so', async () => {
    await start({ ADMIN_TOKEN: '' });
    for (const given of [null, '', token]) {
      const { status, body } = await ask<ErrorBody>('GET', '/models', undefined, given);
      expect([status, body.error.message]).toEqual([503, 'Admin endpoint not configured']);
      expect(body.error.hint).toBe('Set ADMIN_TOKEN and start the controller again.');
    }
  });

  it.each([null, '', 'wrong', `${token}x`, token.slice(1)])('stays closed for %j, wherever it leads', async (given) => {
    await start();
    for (const target of ['/models', `/models/${NAME}`, '/anything']) {
      const { status, body, headers } = await ask<ErrorBody>('GET', target, undefined, given);
      expect([status, body.error.message], target).toEqual([401, 'Unauthorized']);
      expect(headers.getSetCookie()).toEqual([]);
    }
  });

  it('lets the right token in without session, password or cookie, and writes it nowhere', async () => {
    await start({ ACCESS_PASSWORD: 'correct horse battery' });
    const { status, headers } = await ask('GET', '/models');
    expect([status, headers.getSetCookie(), headers.get('cache-control')]).toEqual([200, [], 'no-store']);
    expect((await ask<ErrorBody>('GET', '/anything')).body.error.code).toBe('not_found');
    expect(app.logLines.join('')).not.toContain(token);
  });

  it('answers 429 to many wrong tokens and goes on taking the right one', async () => {
    await start();
    const wrong: number[] = [];
    for (let i = 0; i < 15; i += 1) wrong.push((await ask('GET', '/models', undefined, `guess-${i}`)).status);
    expect(wrong.slice(0, 10)).toEqual(Array(10).fill(401));
    expect(wrong.at(-1)).toBe(429);
    expect((await ask('GET', '/models')).status).toBe(200);
  });

  it('is closed to pages of other sites', async () => {
    await start();
    const headers = { 'x-admin-token': token, 'content-type': 'application/json', origin: 'https://elsewhere.example' };
    const answer = await fetch(`${app.url}/api/admin/models`, { method: 'POST', headers, body: JSON.stringify({ name: MODEL }) });
    expect(answer.status).toBe(403);
  });
});

describe('models', () => {
  it('are installed in the background, listed, and removed', async () => {
    await start();
    const before = (await ask<ModelsOverview>('GET', '/models')).body;
    expect(before).toMatchObject({
      installed: [],
      installs: [],
      proposal: { cores: expect.any(Number), basis: expect.stringMatching(/not measured/) },
    });
    expect(before.known.map(({ name }) => name)).toContain('large-v3-turbo');
    const begun = await install();
    expect([begun.status, begun.body]).toMatchObject([202, { name: NAME, state: 'running', error: null }]);
    const { installed } = await until((state) => state.installed !== null && state.install === null);
    expect(installed).toMatchObject({ name: NAME, repository: MODEL, commit: COMMIT, problem: null, origin: 'hub' });
    expect((await ask<ModelsOverview>('GET', '/models')).body.installed).toEqual([installed]);
    expect((await ask<ErrorBody>('POST', '/models', { name: MODEL })).body.error.code).toBe('conflict');
    expect((await ask('DELETE', `/models/${NAME}`)).status).toBe(204);
    expect((await ask<ErrorBody>('GET', `/models/${NAME}`)).body.error.code).toBe('model_unknown');
    expect((await ask<ErrorBody>('DELETE', `/models/${NAME}`)).body.error.code).toBe('not_found');
  });

  it('tell how far they are, are begun once, and cannot be removed meanwhile', async () => {
    await start();
    hub.fault = ({ door, file }) => (door === 'bytes' && file === 'model.safetensors' ? { kind: 'silent', after: 300_000 } : null);
    await install();
    const { install: running } = await until((state) => (state.install?.doneBytes ?? 0) > 300_000);
    expect(running?.totalBytes).toBeGreaterThan(640_000);
    expect((await install()).body.startedAt).toBe(running?.startedAt);
    const refused = await ask<ErrorBody>('DELETE', `/models/${NAME}`);
    expect([refused.status, refused.body.error.code]).toEqual([409, 'model_busy']);
  });

  it('that could not be installed say why, and can be begun again or forgotten', async () => {
    await start();
    hub.repositories.clear();
    await install();
    const { install: failed } = await until((state) => state.install?.state === 'failed');
    expect(failed?.error).toMatchObject({ code: 'model_unknown', message: `The hub has no model ${MODEL} that it shows to everybody.` });
    expect((await ask('DELETE', `/models/${NAME}`)).status).toBe(204);
    hub.repositories.set(MODEL, checkpoint());
    expect((await install()).status).toBe(202);
    await until((state) => state.installed !== null);
  });

  it('go on after a restart with what has arrived', async () => {
    await start();
    hub.fault = ({ door, file }) => (door === 'bytes' && file === 'model.safetensors' ? { kind: 'silent', after: 300_000 } : null);
    await install();
    await until((state) => (state.install?.doneBytes ?? 0) > 300_000);
    const models = path.join(app.dataRoot, 'models');
    const part = path.join(models, '.incoming', NAME, 'parts', 'model.safetensors');
    expect(existsSync(part)).toBe(true);
    hub.fault = () => null;
    hub.sent.clear();
    const first = app;
    await first.models.close();
    await start({ MODELS_DIR: models });
    expect((await stateOf()).install).toMatchObject({ state: 'unfinished', doneBytes: expect.any(Number), totalBytes: null });
    await install();
    await until((state) => state.installed !== null);
    expect(hub.sent.get('model.safetensors')).toBeLessThan(341_000);
    await first.close();
  });

  it('that tasks wait for are not removed', async () => {
    await start();
    await install();
    await until((state) => state.installed !== null);
    const ann = new Browser(app.url);
    const { body: recording } = await ann.upload<Recording>('a.mp3', 'sound');
    const session = [...app.jobs.recordings.values()][0]?.sessionId ?? '';
    const job = await app.jobs.createJob(session, { name: 'j', options: { ...defaultOptions, model: NAME }, recordingIds: [recording.id] });
    expect((await ask<ErrorBody>('DELETE', `/models/${NAME}`)).body.error.code).toBe('conflict');
    await app.jobs.cancelJob(session, job.id);
    expect((await ask('DELETE', `/models/${NAME}`)).status).toBe(204);
  });

  it('put into MODELS_DIR by hand are listed by their folder', async () => {
    await start();
    const elsewhere = path.join(app.dataRoot, 'elsewhere');
    mkdirSync(elsewhere);
    for (const [name, { bytes }] of Object.entries(checkpoint().files)) writeFileSync(path.join(elsewhere, name), bytes);
    mkdirSync(path.join(app.dataRoot, 'models'));
    symlinkSync(elsewhere, path.join(app.dataRoot, 'models', 'tiny'));
    expect(await stateOf('tiny')).toMatchObject({ known: { name: 'tiny' }, installed: { origin: 'folder', problem: null } });
  });

  it.each([
    ['POST', '/models', { name: '../../etc' }, 404, 'model_unknown'],
    ['POST', '/models', { name: '/etc/passwd' }, 404, 'model_unknown'],
    ['POST', '/models', { name: 'a/b', revision: '../x' }, 400, 'invalid_request'],
    ['POST', '/models', {}, 400, 'invalid_request'],
    ['POST', '/models', { name: 'tiny', folder: '/etc' }, 400, 'invalid_request'],
    ['DELETE', '/models/..%2F..%2Fetc', undefined, 400, 'invalid_request'],
    ['DELETE', '/models/.locks', undefined, 400, 'invalid_request'],
    ['GET', '/models/no-such', undefined, 404, 'model_unknown'],
  ])('%s %s %j is refused', async (method, target, body, status, code) => {
    await start();
    const answer = await ask<ErrorBody>(method, target, body);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });
});
