/** GET and POST /api/admin/remote-worker: every field, status, precedence and origin. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ErrorBody, RemoteWorkerTest } from '@bulk-transcribe/protocol';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { RemoteSettings } from '../../src/remote/remote-settings.ts';
import { quiet } from '../database/template.ts';
import { startTestApp, type TestApp } from '../http/test-app.ts';
import { ADMIN_TOKEN, askAdmin, REMOTE } from './admin-client.ts';
import { pinging } from './foreign-server.ts';

const A = 'https://abc123xyz-8477.proxy.runpod.net';
const B = 'https://5kq2m8x7n1abcd-8477.proxy.runpod.net';
const TOKEN = 'token-of-the-worker-1';

async function start(env: Record<string, string> = {}): Promise<TestApp> {
  const app = await startTestApp({ ADMIN_TOKEN, ...env });
  onTestFinished(() => app.close());
  return app;
}
const save = (app: TestApp, change: unknown) => askAdmin(app, REMOTE, change);
const read = async (app: TestApp) => (await askAdmin(app, REMOTE)).body;
const test = async (app: TestApp, trial: unknown) => (await askAdmin<RemoteWorkerTest>(app, `${REMOTE}/test`, trial)).body;
const fileOf = (root: string): string => path.join(root, 'config', 'remote_worker.json');

const openSettings = (dataRoot: string, { allowInsecure = false, env = {} } = {}): Promise<RemoteSettings> =>
  RemoteSettings.open({ dataRoot, allowInsecure, env: { url: '', token: '', mode: '', ...env }, log: quiet });

/** A folder that outlives the app that starts in it. */
async function dataFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'remote-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const nothing = {
  url: '',
  mode: 'off',
  tokenSet: false,
  updatedAt: null,
  configSource: 'default',
  sources: { url: 'default', token: 'default', mode: 'default' },
  warnings: [],
};

describe('the configuration', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ ADMIN_TOKEN });
  });
  afterAll(() => app.close());

  it('is off and empty where nobody has set anything', async () => {
    expect(await askAdmin(app, REMOTE)).toEqual({ status: 200, body: nothing });
  });

  it('is saved, answered as it is read, and never tells the token', async () => {
    const { status, body } = await save(app, { url: A, token: TOKEN, mode: 'optional' });
    expect([status, body]).toEqual([
      200,
      {
        ...nothing,
        ...{ url: A, mode: 'optional', tokenSet: true, configSource: 'saved' },
        sources: { url: 'saved', token: 'saved', mode: 'saved' },
        updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/),
      },
    ]);
    expect(await read(app)).toEqual(body);
    const file = fileOf(app.dataRoot);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ url: A, token: TOKEN, mode: 'optional' });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(path.dirname(file))).not.toContain('remote_worker.json.tmp');
    expect(app.logLines.join('')).not.toContain(TOKEN);
  });

  it.each([
    [{ url: B }, { url: B, mode: 'optional', tokenSet: true }],
    [{ mode: 'required' }, { url: A, mode: 'required', tokenSet: true }],
    [{ token: 'token-of-the-worker-2' }, { url: A, mode: 'optional', tokenSet: true }],
    [{ token: '' }, { url: A, mode: 'optional', tokenSet: false }],
    [{ token: ' \n' }, { url: A, mode: 'optional', tokenSet: false }],
    [{ url: '' }, { url: '', mode: 'optional', tokenSet: true }],
    [{}, { url: A, mode: 'optional', tokenSet: true }],
  ])('keeps what %j leaves out', async (change, after) => {
    await save(app, { url: A, token: TOKEN, mode: 'optional' });
    expect((await save(app, change)).body).toMatchObject(after);
  });

  it.each([
    [` ${A}/ \n`, A],
    [`\t${A}///\r\n`, A],
    [`${A.toUpperCase()}/`, A],
    ['https://worker.example/behind/a/path/', 'https://worker.example/behind/a/path'],
    ['http://127.0.0.1:8477', 'http://127.0.0.1:8477'],
    ['http://[::1]:8477/', 'http://[::1]:8477'],
    ['http://localhost:8477', 'http://localhost:8477'],
    ['https://192.168.1.20:8477', 'https://192.168.1.20:8477'],
    ['https://no-such-host.invalid', 'https://no-such-host.invalid'],
  ])('takes the address %j as %s', async (url, kept) => {
    expect((await save(app, { url })).body.url).toBe(kept);
  });

  it.each([
    ['url', { url: 'abc123xyz-8477.proxy.runpod.net' }],
    ['url', { url: 'ftp://worker.example' }],
    ['url', { url: 'https://' }],
    ['url', { url: 'https://a b.example' }],
    ['url', { url: 'https://exam\nple.com' }],
    ['url', { url: 'https://user:secret@worker.example' }],
    ['url', { url: 'https://user@worker.example' }],
    ['url', { url: 'https://worker.example/?token=1' }],
    ['url', { url: 'https://worker.example/#token' }],
    ['url', { url: 'http://worker.example:8477' }],
    ['url', { url: 'http://192.168.1.20:8477' }],
    ['url', { url: 'http://localhost.example:8477' }],
    ['url', { url: 'https://169.254.169.254/latest' }],
    ['url', { url: 'http://169.254.169.254' }],
    ['url', { url: 'https://2852039166' }],
    ['url', { url: 'https://0xA9FEA9FE' }],
    ['url', { url: 'https://[fe80::1]' }],
    ['url', { url: 'https://[::ffff:169.254.169.254]' }],
    ['url', { url: 'https://[64:ff9b::a9fe:a9fe]' }],
    ['url', { url: 'https://[fd00:ec2::254]' }],
    ['url', { url: 'https://100.100.100.200' }],
    ['url', { url: 'https://0.0.0.0:8477' }],
    ['url', { url: 'https://[::]:8477' }],
    ['url', { url: 7 }],
    ['url', { url: null }],
    ['token', { token: 'one\ntwo-three-four-five' }],
    ['token', { token: 'one\r\ntwo' }],
    ['token', { token: 'one\u0000two' }],
    ['token', { token: 'one\u0007two' }],
    ['token', { token: 'one\u2028two' }],
    ['token', { token: 12_345_678 }],
    ['mode', { mode: 'on' }],
    ['mode', { mode: '' }],
    ['mode', { mode: null }],
    ['provider', { url: A, provider: 'cuda' }],
    ['tokenSet', { tokenSet: true }],
  ])('refuses a wrong %s: %j, and saves nothing', async (field, change) => {
    await save(app, { url: A, token: TOKEN, mode: 'optional' });
    const before = await read(app);
    const { status, body } = await askAdmin<ErrorBody>(app, REMOTE, { mode: 'required', ...change });
    expect([status, body.error.code, body.error.field]).toEqual([400, 'invalid_request', field]);
    expect(await read(app)).toEqual(before);
  });

  it('outlives a restart, and saves one change after another, whole, however many come at once', async () => {
    const dataRoot = await dataFolder();
    const first = await openSettings(dataRoot);
    await Promise.all([first.save({ url: A }), first.save({ token: TOKEN }), first.save({ mode: 'required' })]);
    expect(first.config).toMatchObject({ url: A, tokenSet: true, mode: 'required', warnings: [] });
    expect((await openSettings(dataRoot)).config).toEqual(first.config);
  });

  it('allows http to other machines where the environment does', async () => {
    const settings = await openSettings(await dataFolder(), { allowInsecure: true });
    expect((await settings.save({ url: 'http://192.168.1.20:8477' })).url).toBe('http://192.168.1.20:8477');
    await expect(settings.save({ url: 'http://169.254.169.254' })).rejects.toMatchObject({ code: 'invalid_request' });
  });

  it.each(['{"url": "https://a', '', '[]', '{"mode": "sometimes"}', '{"url": "no address"}'])('keeps a broken file aside: %j', async (text) => {
    const dataRoot = await dataFolder();
    await mkdir(path.join(dataRoot, 'config'));
    await writeFile(fileOf(dataRoot), text);
    const settings = await openSettings(dataRoot);
    const told = expect.stringMatching(/could not be read.*remote_worker\.json\.broken-/);
    expect(settings.config).toEqual({ ...nothing, warnings: [told] });
    const [aside = ''] = await readdir(path.join(dataRoot, 'config'));
    const kept = () => readFile(path.join(dataRoot, 'config', aside), 'utf8');
    expect(await kept()).toBe(text);
    expect((await openSettings(dataRoot)).config.warnings).toEqual([told]);
    expect((await settings.save({ url: A, token: TOKEN })).warnings).toEqual([]);
    expect(await kept()).toBe(text);
  });

  it('stays as it was where it cannot be written', async () => {
    const dataRoot = await dataFolder();
    const settings = await openSettings(dataRoot);
    await writeFile(path.join(dataRoot, 'config'), 'no folder');
    await expect(settings.save({ mode: 'required' })).rejects.toThrow();
    expect(settings.config).toEqual(nothing);
    await rm(path.join(dataRoot, 'config'));
    expect((await settings.save({ mode: 'required' })).mode).toBe('required');
  });
});

describe('the environment', () => {
  const saved = { url: A, token: TOKEN, mode: 'optional' };

  it.each([
    [{ REMOTE_WORKER_URL: `${B}/`, REMOTE_WORKER_MODE: 'required', WORKER_TOKEN: 'x' }, { url: B, mode: 'required' }, ['env', 'env', 'env']],
    [{ REMOTE_WORKER_URL: B }, { url: B, mode: 'optional' }, ['env', 'saved', 'saved']],
    [{ WORKER_TOKEN: 'x' }, { url: A, mode: 'optional' }, ['saved', 'env', 'saved']],
    [{ REMOTE_WORKER_MODE: 'off' }, { url: A, mode: 'off' }, ['saved', 'saved', 'env']],
  ])('%j comes before what is saved, each value for itself', async (env, inForce, [url, token, mode]) => {
    const app = await start(env);
    const { body } = await save(app, saved);
    expect(body).toMatchObject({ ...inForce, tokenSet: true, configSource: url, sources: { url, token, mode } });
    expect(body.saved).toEqual({ url: A, mode: 'optional', tokenSet: true });
  });

  it('alone is no saved configuration', async () => {
    const app = await start({ REMOTE_WORKER_URL: B, REMOTE_WORKER_MODE: 'optional', WORKER_TOKEN: TOKEN });
    expect(await read(app)).toEqual({
      ...{ url: B, mode: 'optional', tokenSet: true, updatedAt: null, configSource: 'env', warnings: [] },
      ...{ sources: { url: 'env', token: 'env', mode: 'env' }, saved: { url: '', mode: 'off', tokenSet: false } },
    });
  });

  it('with an address and no mode stays off, and says so', async () => {
    const app = await start({ REMOTE_WORKER_URL: B, WORKER_TOKEN: TOKEN });
    expect(await read(app)).toMatchObject({ mode: 'off', configSource: 'env', warnings: [expect.stringContaining('REMOTE_WORKER_MODE')] });
  });

  it("gives the mode's source where there is no address", async () => {
    expect(await read(await start({ REMOTE_WORKER_MODE: 'off' }))).toMatchObject({ url: '', configSource: 'env' });
  });

  it.each([
    { REMOTE_WORKER_URL: 'https://169.254.169.254' },
    { REMOTE_WORKER_URL: 'http://worker.example' },
    { REMOTE_WORKER_URL: 'https://user:pass@worker.example' },
    { REMOTE_WORKER_MODE: 'sometimes' },
    { WORKER_TOKEN: 'two words' },
  ])('%j does not start', async (env) => {
    await expect(start(env)).rejects.toThrow(Object.keys(env)[0]);
  });
});

describe('a token', () => {
  it('goes only to the origin that it was set with, and comes back with it', async () => {
    const app = await start();
    const [mine, other] = [await pinging(), await pinging()];
    await save(app, { url: mine.url, token: TOKEN });
    expect(await test(app, {})).toMatchObject({ ok: true });
    const moved = (await save(app, { url: other.url })).body;
    expect(moved).toMatchObject({ url: other.url, tokenSet: true, warnings: [expect.stringContaining(`set for ${mine.url}`)] });
    expect(await test(app, {})).toMatchObject({ ok: false, error: { code: 'token_needed' } });
    await save(app, { url: mine.url });
    expect(await test(app, {})).toMatchObject({ ok: true });
    expect(other.tokens).toEqual([]);
    expect(new Set(mine.tokens)).toEqual(new Set([`Bearer ${TOKEN}`]));
  });

  it('of the configuration in force is not tried at another address', async () => {
    const app = await start();
    const [mine, other] = [await pinging(), await pinging()];
    await save(app, { url: mine.url, token: TOKEN });
    expect(await test(app, { url: other.url })).toMatchObject({ ok: false, error: { code: 'token_needed' } });
    expect(await test(app, { url: `${mine.url}/` })).toMatchObject({ ok: true });
    expect(await test(app, { url: other.url, token: 'another' })).toMatchObject({ ok: true });
    expect(new Set(other.tokens)).toEqual(new Set(['Bearer another']));
  });

  it('that was set before any address goes to the first', async () => {
    const app = await start();
    const mine = await pinging();
    await save(app, { token: TOKEN });
    await save(app, { url: mine.url });
    expect(await test(app, {})).toMatchObject({ ok: true });
  });

  it("of the environment goes to the environment's address, not to a saved one", async () => {
    const [theirs, other] = [await pinging(), await pinging()];
    const app = await start({ REMOTE_WORKER_URL: theirs.url, WORKER_TOKEN: TOKEN });
    await save(app, { url: other.url });
    expect(await test(app, { url: other.url })).toMatchObject({ ok: false, error: { code: 'token_needed' } });
    expect(await test(app, {})).toMatchObject({ ok: true });
    expect(other.tokens).toEqual([]);
  });

  it('of the environment goes to a saved address where the environment has none', async () => {
    const mine = await pinging();
    const app = await start({ WORKER_TOKEN: TOKEN });
    await save(app, { url: mine.url });
    expect(await test(app, {})).toMatchObject({ ok: true });
    expect(new Set(mine.tokens)).toEqual(new Set([`Bearer ${TOKEN}`]));
  });

  it("that was saved for another address does not go to the environment's", async () => {
    const [theirs, mine] = [await pinging(), await pinging()];
    const DATA_ROOT = await dataFolder();
    await (await openSettings(DATA_ROOT)).save({ url: mine.url, token: TOKEN });
    const app = await start({ DATA_ROOT, REMOTE_WORKER_URL: theirs.url });
    expect(await test(app, {})).toMatchObject({ ok: false, error: { code: 'token_needed' } });
    expect(theirs.tokens).toEqual([]);
  });
});
