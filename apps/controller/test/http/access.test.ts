/** The password, its cookie, and what stays open; recovery codes; deleting everything. */
import { request } from 'node:http';
import type { ErrorBody, Job, Recording, RecoveryCode, SystemInfo } from '@bulk-transcribe/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { accessKind } from '../../src/http/access.ts';
import { hashRecoveryCode, newRecoveryCode } from '../../src/http/recovery-code.ts';
import { Browser, startTestApp, type TestApp } from './test-app.ts';

const password = 'correct horse battery';
const token = 'a-token-of-the-test-0001';

const opened: TestApp[] = [];
async function start(env: Record<string, string> = {}, dataRoot?: string): Promise<TestApp> {
  const app = await startTestApp({ ...env, ...(dataRoot && { DATA_ROOT: dataRoot }) });
  opened.push(app);
  return app;
}
afterEach(async () => {
  vi.useRealTimers();
  for (const app of opened.splice(0).reverse()) await app.close();
});

const codeOf = (body: unknown): string => (body as ErrorBody).error.code;
const enter = (browser: Browser, given: string) =>
  browser.fetch('/api/access', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ password: given }) });

/** Asks under another host name and address of the caller than fetch would. */
function askAs(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => resolve(response.resume().statusCode ?? 0))
      .on('error', reject)
      .end();
  });
}

describe('with a password', () => {
  it('pages and API ask for it, give no session before it, and open after it', async () => {
    const { url } = await start({ ACCESS_PASSWORD: password });
    const ann = new Browser(url);
    for (const target of ['/api/system', '/api/jobs', '/api/events', '/docs/', '/docs/json', '/openapi.json']) {
      const answer = await ann.fetch(target);
      expect(answer.status, target).toBe(401);
      expect(codeOf(await answer.json()), target).toBe('password_required');
      expect(answer.headers.getSetCookie(), target).toEqual([]);
    }
    const entered = await enter(ann, password);
    expect(entered.status).toBe(204);
    expect(entered.headers.getSetCookie()[0]).toMatch(/^bulk_transcribe_access=\d+\.[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await ann.json<SystemInfo>('/api/system')).body.access).toBe('password');
    for (const target of ['/docs/json', '/api/jobs']) expect((await ann.fetch(target)).status, target).toBe(200);
  });

  it('health is open to all, programs pass by their token, and the password is in no log line', async () => {
    const app = await start({ ACCESS_PASSWORD: password, API_TOKENS: token });
    for (const target of ['/healthz', '/readyz']) expect((await fetch(app.url + target)).status, target).toBe(200);
    const asProgram = { headers: { authorization: `Bearer ${token}` } };
    expect((await fetch(`${app.url}/api/jobs`, asProgram)).status).toBe(200);
    expect((await fetch(`${app.url}/docs/json`, asProgram)).status).toBe(200);
    await enter(new Browser(app.url), password);
    await enter(new Browser(app.url), `${password}!`);
    expect(app.logLines.join('')).not.toContain(password);
  });

  it('the OpenAI-compatible routes go on as on this machine, and ask others for a token, not for the password', async () => {
    const { url } = await start({ ACCESS_PASSWORD: password, API_TOKENS: token });
    expect((await fetch(`${url}/v1/models`)).status).toBe(200);
    expect(await askAs(`${url}/v1/models`, { 'x-forwarded-for': '198.51.100.7' })).toBe(401);
    const ann = new Browser(url);
    await enter(ann, password);
    expect(await askAs(`${url}/v1/models`, { 'x-forwarded-for': '198.51.100.7', cookie: ann.cookie })).toBe(401);
    expect(await askAs(`${url}/v1/models`, { 'x-forwarded-for': '198.51.100.7', authorization: `Bearer ${token}` })).toBe(200);
  });

  it('a wrong password opens nothing, nor does a cookie that was made up or whose end was moved', async () => {
    const { url } = await start({ ACCESS_PASSWORD: password });
    const eve = new Browser(url);
    const wrong = await enter(eve, 'correct horse');
    expect([wrong.status, codeOf(await wrong.json())]).toEqual([401, 'wrong_password']);
    expect(wrong.headers.getSetCookie()).toEqual([]);
    const ann = new Browser(url);
    await enter(ann, password);
    const [name, pass = ''] = ann.cookie.split('=');
    const [until = '', mac = ''] = pass.split('.');
    for (const forged of ['', '.', until, `${until}.`, `.${mac}`, `${Number(until) + 1}.${mac}`, `${until}.${'A'.repeat(43)}`, `${pass}x`]) {
      expect((await fetch(`${url}/api/jobs`, { headers: { cookie: `${name}=${forged}` } })).status, forged).toBe(401);
    }
  });

  it('an empty or missing password in the request is refused as such', async () => {
    const { url } = await start({ ACCESS_PASSWORD: password });
    const ann = new Browser(url);
    expect((await ann.post('/api/access', {})).status).toBe(400);
    expect((await ann.post('/api/access', { password: '' })).status).toBe(400);
  });

  it('access ends after 30 days', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { url } = await start({ ACCESS_PASSWORD: password });
    const ann = new Browser(url);
    await enter(ann, password);
    vi.setSystemTime(Date.now() + 29.9 * 86_400_000);
    expect((await ann.fetch('/docs/json')).status).toBe(200);
    vi.setSystemTime(Date.now() + 0.2 * 86_400_000);
    expect((await ann.fetch('/docs/json')).status).toBe(401);
  });

  it('a changed password ends what the old one opened, and the old cookie replayed opens nothing', async () => {
    const first = await start({ ACCESS_PASSWORD: password });
    const ann = new Browser(first.url);
    await enter(ann, password);
    const second = await start({ ACCESS_PASSWORD: `${password}, changed` }, first.dataRoot);
    const sameKey = await start({ ACCESS_PASSWORD: password }, first.dataRoot);
    const replay = (url: string) => fetch(`${url}/api/jobs`, { headers: { cookie: ann.cookie } });
    expect((await replay(sameKey.url)).status, 'a restart with the same password ends nothing').toBe(200);
    const answer = await replay(second.url);
    expect([answer.status, codeOf(await answer.json())]).toEqual([401, 'password_required']);
  });

  it('ten guesses, then no answer to any, the right one included; five minutes later the right one opens', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { url } = await start({ ACCESS_PASSWORD: password });
    const inside = new Browser(url);
    await enter(inside, password);
    const guesses = await Promise.all(Array.from({ length: 15 }, (_, i) => enter(new Browser(url), `guess ${i}`)));
    expect(guesses.filter(({ status }) => status === 401)).toHaveLength(9);
    const refused = guesses.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(6);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    const ann = new Browser(url);
    expect((await enter(ann, password)).status).toBe(429);
    expect((await inside.fetch('/docs/json')).status, 'who is inside stays inside').toBe(200);
    vi.setSystemTime(Date.now() + 5 * 60_000 + 1000);
    expect((await enter(ann, password)).status).toBe(204);
  });

  it('another site can neither try nor use it', async () => {
    const { url } = await start({ ACCESS_PASSWORD: password });
    const headers = { 'content-type': 'application/json', origin: 'https://evil.example' };
    const answer = await fetch(`${url}/api/access`, { method: 'POST', headers, body: JSON.stringify({ password }) });
    expect(answer.status).toBe(403);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('behind https no other host can set the cookie', async () => {
    const { url } = await start({ ACCESS_PASSWORD: password, CONTROLLER_BASE_URL: 'https://transcribe.example.org' });
    const entered = await enter(new Browser(url), password);
    expect(entered.headers.getSetCookie()[0]).toMatch(/^__Host-bulk_transcribe_access=.*; HttpOnly; Secure; SameSite=Lax$/);
  });
});

describe('without a password', () => {
  it.each([
    ['local', { HOST: '127.0.0.1' }],
    ['local', { HOST: 'localhost' }],
    ['local', { HOST: '::1' }],
    ['open', { HOST: '0.0.0.0' }],
    ['open', { HOST: '::' }],
    ['open', { HOST: '192.168.1.5' }],
    ['open', { HOST: '127.0.0.1', CONTROLLER_BASE_URL: 'https://transcribe.example.org' }],
    ['password', { HOST: '0.0.0.0', ACCESS_PASSWORD: password }],
  ] as const)('%s: %o', (kind, given) => {
    expect(accessKind({ ACCESS_PASSWORD: '', CONTROLLER_BASE_URL: '', ...given })).toBe(kind);
  });

  it('and reachable from outside, one line of the log and GET /api/system say so; sessions stay private', async () => {
    const app = await start({ HOST: '0.0.0.0' });
    expect(app.logLines.filter((line) => line.includes('Set ACCESS_PASSWORD'))).toHaveLength(1);
    const [ann, eve] = [new Browser(app.url), new Browser(app.url)];
    expect((await ann.json<SystemInfo>('/api/system')).body.access).toBe('open');
    const { id } = (await ann.upload<Recording>('a.wav', 'bytes')).body;
    expect((await eve.fetch(`/api/recordings/${id}/media`)).status).toBe(404);
  });

  it('and on this machine alone, nothing is said', async () => {
    const app = await start();
    expect(app.logLines.join('')).not.toContain('ACCESS_PASSWORD');
    expect((await new Browser(app.url).json<SystemInfo>('/api/system')).body.access).toBe('local');
  });
});

describe('recovery codes', () => {
  const recover = (browser: Browser, code: string) => browser.fetch('/api/session/recover', jsonPost({ code }));
  const jsonPost = (body: unknown): RequestInit => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const newCode = async (browser: Browser) => (await browser.json<RecoveryCode>('/api/session/recovery-code', { method: 'POST' })).body.code;

  it('have 140 random bits in readable groups, and forgive how they are typed', () => {
    const codes = Array.from({ length: 200 }, newRecoveryCode);
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(new Set(codes).size).toBe(200);
    expect(new Set(codes.join('').replaceAll('-', '')).size, 'every digit occurs').toBe(32);
    const hash = hashRecoveryCode('0123-4567-89AB-CDEF-1111-0000-ZZZZ');
    for (const typed of ['0123 4567 89ab cdef 1111 0000 zzzz', ' o1234567-89abcdef-ILil-oOoO-zzzz ']) expect(hashRecoveryCode(typed)).toBe(hash);
    expect(hashRecoveryCode('0123-4567-89AB-CDEF-1111-0000-ZZZY')).not.toBe(hash);
  });

  it('open the session in another browser; only their hash is stored, and no log line has them', async () => {
    const app = await start();
    const [ann, phone] = [new Browser(app.url), new Browser(app.url)];
    const { id } = (await ann.upload<Recording>('a.wav', 'bytes')).body;
    const code = await newCode(ann);
    expect((await recover(phone, code.toLowerCase())).status).toBe(204);
    expect((await phone.fetch(`/api/recordings/${id}/media`)).status).toBe(200);
    expect(phone.cookie.split('.')[0]).toBe(ann.cookie.split('.')[0]);
    expect(app.logLines.join('')).not.toContain(code);
  });

  it('a new one ends the one before', async () => {
    const { url } = await start();
    const ann = new Browser(url);
    const old = await newCode(ann);
    const current = await newCode(ann);
    expect((await recover(new Browser(url), old)).status).toBe(404);
    expect((await recover(new Browser(url), current)).status).toBe(204);
  });

  it('guessing ends after ten attempts, and a wrong code leaves the browser its own session', async () => {
    const { url } = await start();
    const eve = new Browser(url);
    await eve.fetch('/api/system');
    const { cookie } = eve;
    const statuses: number[] = [];
    for (let i = 0; i < 12; i++) statuses.push((await recover(eve, newRecoveryCode())).status);
    expect(statuses).toEqual([...Array(10).fill(404), 429, 429]);
    expect(eve.cookie).toBe(cookie);
  });

  it('ask for the password first where there is one', async () => {
    const { url } = await start({ ACCESS_PASSWORD: password });
    expect((await recover(new Browser(url), newRecoveryCode())).status).toBe(401);
    expect((await new Browser(url).fetch('/api/session/recovery-code', { method: 'POST' })).status).toBe(401);
  });

  it('are not for API tokens, which have their session everywhere', async () => {
    const { url } = await start({ API_TOKENS: token });
    const answer = await fetch(`${url}/api/session/recovery-code`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(409);
  });
});

describe('deleting everything', () => {
  it('is for the own session only, and other sites cannot do it', async () => {
    const app = await start();
    const [ann, eve] = [new Browser(app.url), new Browser(app.url)];
    const { id } = (await ann.upload<Recording>('a.wav', 'bytes')).body;
    const job = (await ann.post<Job>('/api/jobs', { recordingIds: [id] })).body;
    expect((await eve.fetch('/api/session/data', { method: 'DELETE' })).status).toBe(204);
    expect((await ann.fetch('/api/session/data', { method: 'DELETE', headers: { origin: 'https://evil.example' } })).status).toBe(403);
    expect((await ann.fetch(`/api/jobs/${job.id}`)).status).toBe(200);
    expect((await ann.fetch('/api/session/data', { method: 'DELETE' })).status).toBe(204);
    expect((await ann.fetch(`/api/jobs/${job.id}`)).status).toBe(404);
    expect((await ann.fetch(`/api/recordings/${id}/media`)).status).toBe(404);
  });

  it('keeping a job is for its owner', async () => {
    const app = await start();
    const [ann, eve] = [new Browser(app.url), new Browser(app.url)];
    const { id } = (await ann.upload<Recording>('a.wav', 'bytes')).body;
    const job = (await ann.post<Job>('/api/jobs', { recordingIds: [id] })).body;
    expect(job.kept).toBe(false);
    const keep = { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"kept":true}' };
    expect((await eve.fetch(`/api/jobs/${job.id}`, keep)).status).toBe(404);
    expect((await ann.json<Job>(`/api/jobs/${job.id}`, keep)).body.kept).toBe(true);
  });
});
