/** POST /api/admin/remote-worker/test: what a worker says of itself, and every way in which one cannot be reached. */
import type { LookupAddress } from 'node:dns';
import { readFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import {
  AppError,
  type ErrorBody,
  type ErrorCode,
  errorTable,
  type RemoteProblemCode,
  type RemoteWorkerTest,
  remoteProblems,
  toErrorBody,
  WORKER_HEADER,
} from '@bulk-transcribe/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runWorker } from '../../../worker/test/run-worker.ts';
import { TOKEN } from '../../../worker/test/worker-client.ts';
import { BOOT_WINDOW_MS, diagnose } from '../../src/remote/diagnose.ts';
import { MissingSince } from '../../src/remote/missing-since.ts';
import { RemoteTester } from '../../src/remote/test-remote.ts';
import { ForeignAnswer } from '../../src/workers/worker-answer.ts';
import { startTestApp, type TestApp } from '../http/test-app.ts';
import { ADMIN_TOKEN, askAdmin, REMOTE } from './admin-client.ts';
import { answering, lifecycle, listen, marked, pinging, pingOf } from './foreign-server.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ ADMIN_TOKEN });
});
afterAll(() => app.close());
const test = (trial: object) => askAdmin<RemoteWorkerTest>(app, `${REMOTE}/test`, trial);

/** A tester that knows no configuration. */
const tester = (options: Partial<ConstructorParameters<typeof RemoteTester>[0]> = {}): RemoteTester =>
  new RemoteTester({ settings: { url: '', tokenFor: () => '' }, network: { allowInsecure: false }, ...options });

const problemOf = async (answer: Promise<RemoteWorkerTest>) => {
  const told = await answer;
  if (told.ok) throw new Error('It was found.');
  expect(told.error.hint).toBe(remoteProblems[told.error.code]);
  expect(told.latencyMs).toBeGreaterThanOrEqual(0);
  return told.error;
};

describe('a worker that answers', () => {
  it('says what it is', async () => {
    const { status, body } = await test({ url: (await pinging()).url, token: TOKEN });
    expect([status, body]).toEqual([
      200,
      {
        ...{ ok: true, latencyMs: expect.any(Number), gpu: true, gpuName: 'NVIDIA A100', diarization: true },
        identity: { gitCommit: 'c0ffee', buildTime: '2026-11-01T00:00:00Z' },
        ...{ version: '1.2.3', protocol: '1', provider: 'cuda', threads: 4, models: [], timesRealTime: null },
        ...{ slots: { total: 2, free: 1 }, state: 'idle', idleLeftMs: 42_000, warnings: [] },
      },
    ]);
  });

  it('is a real worker process', async () => {
    const url = (await runWorker()).app.listeningOrigin;
    const { body } = await test({ url, token: ` ${TOKEN}\n` });
    expect(body).toMatchObject({ ok: true, gpu: false, gpuName: null, provider: 'cpu', identity: { gitCommit: 'test' } });
    // Measured with the sample, by the worker itself.
    expect(body).toMatchObject({ timesRealTime: expect.any(Number), warnings: expect.any(Array) });
    expect(await problemOf(tester().test({ url, token: 'another-token-altogether' }))).toMatchObject({ code: 'token_wrong' });
  });

  it.each([
    ['gpu_not_used', { gpu: false, provider: 'cpu' }],
    ['pod_starting', { accepting: false, state: 'booting', gpu: false, gpuName: null, provider: 'none' }],
  ] as const)('is of no use yet: %s', async (code, ping) => {
    const { url } = await listen((request, response) => {
      const health = { status: 'starting', state: 'booting', accepting: false, message: 'The speech engine is starting.', preparing: [], lifecycle };
      pinging(ping).then(async ({ url: real }) => {
        const body = request.url === '/health' ? JSON.stringify(health) : await (await fetch(real)).text();
        response.writeHead(200, marked).end(body);
      });
    });
    expect(await problemOf(tester().test({ url, token: TOKEN }))).toMatchObject({ code });
  });
});

/** A worker that answers by the route: status and body. */
const routed = (answers: Readonly<Record<string, readonly [number, object]>>) =>
  listen((request, response) => {
    const [status, body] = answers[request.url ?? ''] ?? [404, toErrorBody(new AppError('not_found', 'no'))];
    response.writeHead(status, marked).end(JSON.stringify(body));
  });

describe('a worker that examines itself', () => {
  const ping = [200, pingOf()] as const;
  const selfTest = { model: 'm', device: 'cuda', durationSec: 11, timesRealTime: 41.5, measuredAt: '2026-11-01T00:00:00Z' };
  const measured = [200, selfTest] as const;
  const failing = (code: ErrorCode, message: string) => [errorTable[code].status, toErrorBody(new AppError(code, message))] as const;
  const ask = async (answers: Readonly<Record<string, readonly [number, object]>>) =>
    tester().test({ url: (await routed({ '/v1/ping': ping, ...answers })).url, token: TOKEN });

  it('tells what it finds amiss, in its words, and how fast it is', async () => {
    const checks = [
      { check: 'engine', ok: true, message: '' },
      { check: 'disk', ok: false, message: 'Only 900 MB are free: long recordings will not fit.' },
      { check: 'bill', ok: false, message: 'It has no key, and cannot end its own bill.' },
    ];
    expect(await ask({ '/v1/preflight': [200, { ok: false, checks }], '/v1/self-test': measured })).toMatchObject({
      ...{ ok: true, timesRealTime: 41.5 },
      warnings: ['Only 900 MB are free: long recordings will not fit.', 'It has no key, and cannot end its own bill.'],
    });
  });

  it.each<[RemoteProblemCode, string, readonly [number, object]]>([
    ['engine_failed', 'The engine crashed.', failing('engine_crashed', 'The engine crashed.')],
    ['engine_failed', 'It took longer than it may.', failing('execution_timeout', 'It took longer than it may.')],
    ['gpu_not_used', 'it computed its sample on the CPU', [200, { ...selfTest, device: 'cpu' }]],
  ])('is of no use where its sample fails: %s, %s', async (code, message, answer) => {
    expect(await problemOf(ask({ '/v1/self-test': answer }))).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('is of use though it is at work, and cannot be measured now', async () => {
    expect(await ask({ '/v1/self-test': failing('conflict', 'A recording is at work.') })).toMatchObject({ ok: true, timesRealTime: null });
  });

  it('says why its engine never came up', async () => {
    const booting = pingOf({ accepting: false, state: 'booting', gpu: false, gpuName: null, provider: 'none' });
    const health = { status: 'failed', state: 'booting', accepting: false, message: 'The model file is damaged.', preparing: [], lifecycle };
    const problem = await problemOf(ask({ '/v1/ping': [200, booting], '/health': [200, health] }));
    expect(problem).toMatchObject({ code: 'engine_failed', message: 'The model file is damaged.' });
  });
});

describe('a worker that cannot be used', () => {
  it.each([
    ['no_url', {}],
    ['no_url', { token: TOKEN }],
    ['token_needed', { url: 'https://worker.example' }],
    ['token_malformed', { url: 'https://worker.example', token: 'two words' }],
    ['token_malformed', { url: 'https://worker.example', token: 'pässwört' }],
    ['connection_refused', { url: 'http://127.0.0.1:1', token: TOKEN }],
  ])('%s: %j', async (code, trial) => {
    const { status, body } = await test(trial);
    expect([status, body]).toMatchObject([200, { ok: false, error: { code } }]);
  });

  it.each([
    ['url', { url: 'ftp://worker.example' }],
    ['url', { url: 'https://169.254.169.254' }],
    ['token', { url: 'https://worker.example', token: 'one\ntwo' }],
    ['mode', { mode: 'off' }],
  ])('a wrong %s is refused like when saving: %j', async (field, trial) => {
    const { status, body } = (await test(trial)) as unknown as { status: number; body: ErrorBody };
    expect([status, body.error.field]).toEqual([400, field]);
  });

  const html = { 'content-type': 'text/html' };
  it.each([
    ['not_a_worker', 404, html, ''],
    ['not_a_worker', 200, html, '<html>'],
    ['not_a_worker', 500, html, ''],
    ['redirected', 302, { location: 'https://elsewhere.example' }, ''],
    ['pod_starting', 502, html, ''],
    ['pod_starting', 503, html, ''],
    ['timed_out', 524, html, ''],
    ['user_agent_refused', 403, { 'content-type': 'text/plain' }, 'error code: 1010'],
    ['not_a_worker', 403, html, 'no'],
    ['body_too_large', 413, html, ''],
    ['token_wrong', 401, marked, toErrorBody(new AppError('unauthorized', 'no'))],
    ['other_version', 200, { ...marked, [WORKER_HEADER]: '99' }, '{}'],
    ['other_version', 200, marked, '{"identity":{}}'],
    ['worker_error', 500, marked, toErrorBody(new AppError('internal', 'no'))],
  ])('%s: status %i', async (code, status, headers, body) => {
    const foreign = await answering(status, headers as Record<string, string>, body);
    expect(await problemOf(tester().test({ url: foreign.url, token: TOKEN }))).toMatchObject({ code });
    expect(foreign.userAgents).toEqual(['bulk-transcribe-controller']);
  });

  it('redirects are not followed, so that the token goes nowhere else', async () => {
    const elsewhere = await pinging();
    const { url } = await answering(307, { location: elsewhere.url }, '');
    expect(await problemOf(tester().test({ url, token: TOKEN }))).toMatchObject({ code: 'redirected' });
    expect(elsewhere.tokens).toEqual([]);
  });

  it('tls_failed: a server without TLS', async () => {
    const { url } = await pinging();
    expect(await problemOf(tester().test({ url: url.replace('http:', 'https:'), token: TOKEN }))).toMatchObject({ code: 'tls_failed' });
  });

  it.each(['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID'])('tls_failed: %s', (code) => {
    const cause = new AppError('worker_unavailable', 'no', { cause: Object.assign(new Error('no'), { code }) });
    expect(diagnose(cause, { url: 'https://worker.example', missingForMs: 0 }).code).toBe('tls_failed');
  });

  it('timed_out: a worker that never answers', async () => {
    const { url } = await listen(() => undefined);
    expect(await problemOf(tester({ limitMs: 50 }).test({ url, token: TOKEN }))).toMatchObject({ code: 'timed_out' });
  });
});

describe('names', () => {
  const resolvingTo =
    (...addresses: string[]): LookupFunction =>
    (_name, { all }, callback) => {
      const found: LookupAddress[] = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
      if (all) callback(null, found);
      else callback(null, found[0]?.address ?? '', found[0]?.family);
    };
  const unknown: LookupFunction = (name, _options, callback) => callback(Object.assign(new Error(name), { code: 'ENOTFOUND' }), '');
  const ask = (url: string, lookup: LookupFunction, allowInsecure = false) =>
    problemOf(tester({ network: { allowInsecure, lookup } }).test({ url, token: TOKEN }));

  it('that nobody knows are told', async () => {
    expect(await ask('https://abc123xyz-8477.proxy.runpod.net', unknown)).toMatchObject({
      code: 'name_not_found',
      message: 'There is no host named abc123xyz-8477.proxy.runpod.net.',
    });
  });

  it.each([
    ['169.254.169.254'],
    ['fe80::1'],
    ['::ffff:169.254.169.254'],
    ['fd00:ec2::254'],
    ['100.100.100.200'],
    ['0.0.0.0'],
    ['93.184.216.34', '169.254.169.254'],
  ])('that lead to %s are refused after resolution', async (...addresses) => {
    expect(await ask('https://worker.example', resolvingTo(...addresses))).toMatchObject({ code: 'address_refused' });
  });

  it('that lead to another machine over http are refused, unless that is allowed', async () => {
    expect(await ask('http://worker.localhost:1', resolvingTo('192.0.2.7'))).toMatchObject({ code: 'insecure_refused' });
    expect(await ask('http://worker.example:1', resolvingTo('127.0.0.1'), true)).toMatchObject({ code: 'connection_refused' });
    expect(await ask('http://worker.example:1', resolvingTo('169.254.169.254'), true)).toMatchObject({ code: 'address_refused' });
  });
});

describe("RunPod's proxy", () => {
  interface Case {
    readonly id: string;
    readonly request: { url: string };
    readonly response: { status: number; headers: Record<string, string>; bodyText: string };
    readonly expect: { fromService: boolean };
  }
  const vector = JSON.parse(readFileSync(new URL('./vectors/proxy.json', import.meta.url), 'utf8')) as {
    urls: { podId: string; port: number; url: string }[];
    cases: Case[];
  };

  /** What each case is for us; null = the worker's own answer. */
  const expected: Readonly<Record<string, string | null>> = {
    ready: null,
    'service-loading': null,
    '200-without-marker': 'not_a_worker',
    '404-while-booting': 'pod_starting',
    '404-for-ever': 'port_not_exposed',
    '404-from-service': null,
    '502-nothing-listens': 'pod_starting',
    '502-long-request': 'pod_starting',
    '524-after-100s': 'timed_out',
    '403-user-agent': 'user_agent_refused',
    '413-body-too-large': 'body_too_large',
  };

  it.each(vector.cases)('$id', async ({ id, request, response, expect: { fromService } }) => {
    expect(expected).toHaveProperty(id);
    const { '<marker header>': marker, ...headers } = response.headers;
    const foreign = await answering(response.status, { ...headers, ...(marker !== undefined && marked) }, response.bodyText);
    // Over the network, where the marker alone decides whose answer it is.
    const told = await problemOf(tester().test({ url: foreign.url, token: TOKEN }));
    expect(['other_version', 'worker_error'].includes(told.code)).toBe(fromService);
    if (fromService) return;
    // And as the pod's own address gives it.
    const missingForMs = id === '404-for-ever' ? BOOT_WINDOW_MS : 0;
    const cause = new AppError('worker_unavailable', 'no', { cause: new ForeignAnswer(response.status, response.bodyText) });
    expect(diagnose(cause, { url: new URL(request.url).origin, missingForMs }).code).toBe(expected[id]);
  });

  it.each(vector.urls)('an address of port $port is judged by its port', ({ url, port }) => {
    const cause = new AppError('worker_unavailable', 'no', { cause: new ForeignAnswer(404, '') });
    expect(diagnose(cause, { url, missingForMs: 0 }).code).toBe(port === 8477 ? 'pod_starting' : 'port_not_exposed');
  });

  it('counts for how long an address is missing, from its first 404 in a row', () => {
    let now = 0;
    const missing = new MissingSince(() => now);
    const failure = (status: number) => new AppError('worker_unavailable', 'no', { cause: new ForeignAnswer(status, '') });
    expect(missing.note('a', failure(404))).toBe(0);
    now = 1_000;
    expect([missing.note('a', failure(404)), missing.note('b', failure(404))]).toEqual([1_000, 0]);
    missing.note('a', failure(502));
    expect(missing.note('a', failure(404))).toBe(0);
    now = 2_000;
    missing.found('a');
    expect(missing.note('a', failure(404))).toBe(0);
  });
});
