import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ErrorBody, Recording } from '@bulk-transcribe/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostName, isAllowedHost } from '../../src/http/host-check.ts';
import { isOwnCaller } from '../../src/http/origin-check.ts';
import { readSessionKey } from '../../src/http/session-key.ts';
import { Browser, startTestApp, type TestApp } from './test-app.ts';

const token = 'a-token-of-the-test-0001';
const otherToken = 'a-token-of-the-test-0002';

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** As `fetch`, but with the Host and Origin that a test wants. */
function ask(url: string, options: { method?: string; headers?: Record<string, string> }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    sent.on('error', reject).end();
  });
}

const codeOf = ({ body }: Answer): string => (JSON.parse(body) as ErrorBody).error.code;

describe('which hosts are answered', () => {
  const allowed = { baseUrl: 'https://transcribe.example.org:8443', names: ['Nas.Local'] };

  it.each([
    'localhost',
    'localhost:8476',
    'LOCALHOST.',
    'app.localhost:1',
    '127.0.0.1:8476',
    '[::1]:8476',
    '192.168.1.5',
    'nas.local:8476',
    'transcribe.example.org',
  ])('%s is', (host) => expect(isAllowedHost(host, allowed)).toBe(true));

  it.each([
    '',
    'evil.example',
    'localhost.evil.example',
    'localhost@evil.example',
    'evil.example/localhost',
    'nas.local.evil.example',
    'a b',
    '127.0.0.1.evil.example',
  ])('"%s" is not', (host) => expect(isAllowedHost(host, allowed)).toBe(false));

  it('reads names without port, brackets and case', () => {
    expect(['[::1]:80', 'A.B:80', 'x.'].map(hostName)).toEqual(['::1', 'a.b', 'x']);
  });
});

describe('who may change things', () => {
  const caller = { method: 'POST', host: 'localhost:8476', origin: undefined, secFetchSite: undefined };

  it.each([
    ['a program, which names no origin', {}, true],
    ['our own page', { origin: 'http://localhost:8476' }, true],
    ['our own page by Sec-Fetch-Site', { origin: 'http://localhost:5173', secFetchSite: 'same-origin' }, true],
    ['the public address', { origin: 'https://transcribe.example.org' }, true],
    ['another port of this machine', { origin: 'http://localhost:3000' }, false],
    ['another port of this machine by Sec-Fetch-Site', { origin: 'http://localhost:8476', secFetchSite: 'same-site' }, false],
    ['another site', { origin: 'https://evil.example' }, false],
    ['another site by Sec-Fetch-Site', { secFetchSite: 'cross-site' }, false],
    ['a page without an origin', { origin: 'null' }, false],
    ['another site that only reads', { method: 'GET', origin: 'https://evil.example' }, true],
  ])('%s', (_who, given, own) => {
    expect(isOwnCaller({ ...caller, ...given }, 'https://transcribe.example.org')).toBe(own);
  });
});

describe('the doors of the app', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ API_TOKENS: `${token},${otherToken}` });
  });
  afterAll(() => app.close());

  it('answers 421 to a foreign host name, and gives it no cookie', async () => {
    const answer = await ask(`${app.url}/api/system`, { headers: { host: 'evil.example:8476' } });
    expect([answer.status, codeOf(answer)]).toEqual([421, 'forbidden_host']);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('does not believe X-Forwarded-Host', async () => {
    const answer = await ask(`${app.url}/api/system`, { headers: { host: 'evil.example', 'x-forwarded-host': 'localhost' } });
    expect(answer.status).toBe(421);
  });

  it("answers 403 to another site's post, and gives it no cookie", async () => {
    for (const target of ['/api/recordings/sample', '/v1/audio/transcriptions']) {
      const answer = await ask(app.url + target, { method: 'POST', headers: { origin: 'https://evil.example' } });
      expect(answer.status).toBe(403);
      expect(answer.body).toContain('forbidden_origin');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect(app.jobs.recordings.size).toBe(0);
  });

  it('sends no permission to read to another site', async () => {
    const answer = await ask(`${app.url}/api/system`, { headers: { origin: 'https://evil.example' } });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('sends strict security headers with every answer', async () => {
    for (const target of ['/api/system', '/docs/', '/healthz', '/nothing', '/v1/models']) {
      const { headers } = await ask(app.url + target, {});
      const policy = String(headers['content-security-policy']);
      expect(policy, target).toContain("default-src 'self'");
      expect(policy, target).toContain("frame-ancestors 'none'");
      expect(policy, target).not.toMatch(/unsafe|http:|https:|\*|upgrade-insecure/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['strict-transport-security']).toBeUndefined();
    }
  });

  it('gives a browser a session of its own, once', async () => {
    const ann = new Browser(app.url);
    const first = await ann.fetch('/api/system');
    expect(first.headers.getSetCookie()[0]).toMatch(/^bulk_transcribe_session=[^;]+; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await ann.fetch('/api/system')).headers.getSetCookie()).toEqual([]);
  });

  it('begins a new session where the cookie is forged', async () => {
    const ann = new Browser(app.url);
    const { id } = (await ann.upload<Recording>('a.wav', 'bytes')).body;
    const session = /=(.*?)\./.exec(ann.cookie)?.[1];
    const forger = new Browser(app.url);
    forger.cookie = `bulk_transcribe_session=${session}.${'A'.repeat(43)}`;
    const answer = await forger.fetch(`/api/recordings/${id}/media`);
    expect(answer.status).toBe(404);
    expect(answer.headers.getSetCookie()).toHaveLength(1);
  });

  it('gives each API token a session of its own, without a cookie', async () => {
    const upload = await fetch(`${app.url}/api/recordings?name=a.wav`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
      body: 'bytes',
    });
    expect(upload.headers.getSetCookie()).toEqual([]);
    const { id } = (await upload.json()) as Recording;
    const mediaBy = async (given: string) => (await fetch(`${app.url}/api/recordings/${id}/media`, { headers: { authorization: given } })).status;
    expect(await mediaBy(`bearer ${token}`)).toBe(200);
    expect(await mediaBy(`Bearer ${otherToken}`)).toBe(404);
  });

  it('answers 401 to a wrong token, never a fresh session', async () => {
    for (const authorization of ['Bearer wrong', 'Bearer', `Bearer ${token}x`, 'bearer  ']) {
      const answer = await ask(`${app.url}/api/jobs`, { headers: { authorization } });
      expect([answer.status, codeOf(answer)], authorization).toEqual([401, 'unauthorized']);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  it('leaves a proxy its Basic authentication', async () => {
    expect((await ask(`${app.url}/api/jobs`, { headers: { authorization: 'Basic YTpi' } })).status).toBe(200);
  });

  it('answers 429 to many wrong tokens and goes on taking the right one', async () => {
    const statuses: number[] = [];
    let last: Answer | undefined;
    for (let i = 0; i < 25; i++) {
      last = await ask(`${app.url}/api/jobs`, { headers: { authorization: `Bearer wrong-${i}` } });
      statuses.push(last.status);
    }
    expect(statuses.at(-1)).toBe(429);
    expect(Number(last?.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(`${app.url}/api/jobs`, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  });

  it('logs neither tokens nor cookies nor queries', async () => {
    const ann = new Browser(app.url);
    await ann.fetch('/api/system?access=hush-hush');
    await ann.fetch('/api/jobs', { headers: { authorization: `Bearer ${token}` } });
    const log = app.logLines.join('');
    expect(log).toContain('"path":"/api/system"');
    for (const secret of [token, 'wrong-1', 'hush-hush', ann.cookie.split('=')[1] ?? '?']) expect(log).not.toContain(secret);
  });
});

describe('behind a proxy with https', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ CONTROLLER_BASE_URL: 'https://transcribe.example.org' });
  });
  afterAll(() => app.close());

  it('sets a cookie that no other host can set, and asks for https', async () => {
    const { status, headers } = await ask(`${app.url}/api/system`, { headers: { host: 'transcribe.example.org' } });
    expect(status).toBe(200);
    expect(headers['set-cookie']?.[0]).toMatch(/^__Host-bulk_transcribe_session=[^;]+; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });

  it('believes the address that the proxy wrote, not what a client wrote before it', async () => {
    app.logLines.length = 0;
    await ask(`${app.url}/api/system`, { headers: { 'x-forwarded-for': '203.0.113.66, 198.51.100.7' } });
    expect(app.logLines.join('')).toContain('"ip":"198.51.100.7"');
  });

  it('takes a post of its own pages', async () => {
    const headers = { host: '127.0.0.1', origin: 'https://transcribe.example.org' };
    expect((await ask(`${app.url}/api/recordings/sample`, { method: 'POST', headers })).status).toBe(201);
  });

  it('wants an API token for the OpenAI-compatible routes, even from this machine', async () => {
    const answer = await ask(`${app.url}/v1/models`, { headers: { authorization: 'Bearer sk-any' } });
    expect([answer.status, codeOf(answer)]).toEqual([401, 'unauthorized']);
  });
});

describe('the key of the sessions', () => {
  it('is made once, readable by its owner alone; a damaged one is named', async () => {
    const dataRoot = await mkdtemp(path.join(tmpdir(), 'session-key-'));
    try {
      const key = await readSessionKey(dataRoot);
      expect(key).toHaveLength(32);
      expect(await readSessionKey(dataRoot)).toEqual(key);
      const file = path.join(dataRoot, 'config', 'session-key');
      if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600);
      await writeFile(file, (await readFile(file)).subarray(0, 7));
      await expect(readSessionKey(dataRoot)).rejects.toThrow(/session-key is damaged/);
    } finally {
      await rm(dataRoot, { recursive: true });
    }
  });
});
