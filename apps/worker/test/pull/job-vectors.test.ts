/** What the server of jobs is asked and told, and what its answers mean: the rows of RunPod's contracts of both generations. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { trySettings } from '@bulk-transcribe/service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settingsTable } from '../../src/config.ts';
import { JobServer } from '../../src/pull/job-server.ts';
import { pullAddresses } from '../../src/pull/pull-settings.ts';
import { type RawAnswer, readPost, readStop, readTake } from '../../src/pull/read-answer.ts';
import { casesOf } from '../life/vector-file.ts';

interface Row {
  readonly id: string;
  readonly request?: { readonly url: string; readonly headers?: Record<string, string>; readonly bodyText?: string };
  readonly response?: { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: unknown; readonly bodyText?: string };
  readonly expect?: {
    readonly jobs?: string[];
    readonly job?: { id: string } | null;
    readonly cancel?: string[];
    readonly nextPollMs?: number;
    readonly earlyNextPollMs?: number;
    readonly oursSeconds?: number;
  };
  readonly given?: Record<string, string>;
  readonly steps?: { status?: number }[];
}

const POD = '5kq2m8x7n1abcd';
const none = new AbortController().signal;

let base = '';
const asked: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] = [];
const server = createServer((request, response) => {
  void text(request).then((body) => {
    asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    response.end();
  });
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const settingsOf = (env: Record<string, string>) => trySettings(settingsTable, env, '/').settings;
function jobServer(env: Record<string, string>): JobServer {
  const addresses = pullAddresses(settingsOf(env));
  if (!addresses) throw new Error('These variables name no server of jobs.');
  return new JobServer({ addresses, workerId: POD, userAgent: 'bulk-transcribe/0 (test)' });
}
const today = () => ({
  RUNPOD_WEBHOOK_GET_JOB: `${base}/v2/ep1/job-take/$ID?t=1`,
  RUNPOD_WEBHOOK_POST_OUTPUT: `${base}/v2/ep1/job-done/$RUNPOD_POD_ID/$ID?t=1`,
  RUNPOD_WEBHOOK_PING: `${base}/v2/ep1/ping/$RUNPOD_POD_ID?t=1`,
  RUNPOD_AI_API_KEY: 'ai-key',
});
const early = () => ({
  WEBHOOK_GET_WORK: `${base}/job-take/$ID?t=1`,
  WEBHOOK_POST_OUTPUT: `${base}/job-done/$RUNPOD_POD_ID/$ID?t=1`,
  WEBHOOK_PING: `${base}/ping/$RUNPOD_POD_ID?t=1`,
  AI_API_KEY: 'ai-key',
});

function rawOf({ response = {} }: Row): RawAnswer {
  const { status = 0, headers = {}, body, bodyText } = response;
  const isEmpty = headers['Content-Length'] === '0' || (body === undefined && bodyText === undefined);
  return { status, contentType: headers['Content-Type'] ?? '', text: isEmpty ? '' : (bodyText ?? JSON.stringify(body)) };
}

/** The request as the row has it; User-Agent and what HTTP libraries add are our own. */
function expectAsked({ request }: Row): void {
  const call = asked.at(-1);
  const { pathname, search } = new URL(request?.url ?? '');
  expect(call?.url).toBe(pathname + search);
  for (const name of ['Authorization', 'charset', 'X-Request-ID']) {
    if (request?.headers?.[name]) expect(call?.headers[name.toLowerCase()]).toBe(request.headers?.[name]);
  }
  expect(call?.headers['user-agent']).toMatch(/^bulk-transcribe/);
  if (!request?.bodyText) return;
  expect(call?.headers['content-type']).toBe('application/x-www-form-urlencoded');
  expect(JSON.parse(call?.body ?? '')).toEqual(JSON.parse(request.bodyText));
}

/** A take that failed is one that a growing pause follows; a client's own time limit is asked again at once (`puller.ts`). */
const noAnswer = new Set(['client-timeout', 'take-timeout', 'take-connection-refused']);

describe('taking jobs', () => {
  it.each(casesOf<Row>('serverless-take').map((row) => [row.id, row] as const))('%s', async (id, row) => {
    await jobServer(today()).take(id === 'batch' ? 2 : 1, 0, none);
    expectAsked(row);
    if (noAnswer.has(id)) return;
    const { jobs, broken, waitMs } = readTake(rawOf(row));
    expect(jobs.map((job) => job.id)).toEqual(row.expect?.jobs);
    if (row.expect?.nextPollMs !== undefined) expect(waitMs).toBe(row.expect.nextPollMs);
    if (id === 'server-error' || id === 'unauthorized') expect(waitMs).toBeNull();
    expect(broken).toEqual(id === 'missing-input' ? ['job-1'] : []);
  });
});

describe('the early worker', () => {
  const says: Record<string, () => Promise<unknown>> = {
    done: () =>
      jobServer(early()).post('job-1', '{"output": ["https://s3.example/12-22/job-1/0.png?X-Amz-Expires=604800"]}', {
        isStream: false,
        signal: none,
      }),
    error: () => jobServer(early()).post('job-1', '{"error": "No input provided."}', { isStream: false, signal: none }),
    'ping-busy': () => jobServer(early()).ping(['job-1'], none),
    'ping-idle': () => jobServer(early()).ping([], none),
  };
  /** A body in Latin-1 is one that servers must read and that we never send. */
  const rows = casesOf<Row>('early-pull-loop').filter(({ id }) => id !== 'done-latin1');

  it.each(rows.map((row) => [row.id, row] as const))('%s', async (id, row) => {
    await (says[id] ?? (() => jobServer(early()).take(1, 0, none)))();
    expectAsked(row);
    if (says[id] || noAnswer.has(id)) return;
    const { jobs, waitMs } = readTake(rawOf(row));
    expect(jobs[0]?.id).toBe(row.expect?.job?.id);
    if (row.expect?.earlyNextPollMs !== undefined) expect(waitMs).toBe(row.expect.earlyNextPollMs);
    if (id === 'take-500') expect(waitMs).toBeNull();
  });
});

describe('jobs to stop', () => {
  it.each(casesOf<Row>('serverless-stop').map((row) => [row.id, row] as const))('%s', async (id, row) => {
    await jobServer(today()).stop(none);
    expectAsked(row);
    const { ids, waitMs } = readStop(rawOf(row));
    // Whether it is one of ours is the puller's to know.
    expect(ids).toEqual(id === 'unknown-job' ? ['job-9'] : row.expect?.cancel);
    if (row.expect?.nextPollMs !== undefined) expect(waitMs).toBe(row.expect.nextPollMs);
  });

  it('are not asked for where the address does not tell', async () => {
    expect(await jobServer(early()).stop(none)).toBeNull();
  });
});

describe('pings', () => {
  const rows = new Map(casesOf<Row>('serverless-ping').map((row) => [row.id, row]));
  const rowOf = (id: string): Row => rows.get(id) ?? { id };

  it.each([
    ['busy', ['job-1', 'job-2']],
    ['idle', []],
  ])('%s', async (id, jobs) => {
    await jobServer(today()).ping(jobs, none);
    expectAsked(rowOf(id));
  });

  it.each(['interval-rounded', 'interval-below-one-second'])('%s: ours are not rounded, and a second apart at least', (id) => {
    const row = rowOf(id);
    expect(pullAddresses(settingsOf({ ...today(), ...row.given }))?.pingMs).toBe((row.expect?.oursSeconds ?? 1) * 1000);
  });
});

describe('results', () => {
  const rows = new Map(casesOf<Row>('serverless-results').map((row) => [row.id, row]));

  it.each([
    ['done-request', '{"output": {"text": "привет"}}'],
    ['progress', '{"status": "IN_PROGRESS", "output": "3/10"}'],
  ])('%s', async (id, body) => {
    await jobServer(today()).post('job-1', body, { isStream: false, signal: none });
    expectAsked(rows.get(id) ?? { id });
  });

  it('retry-5xx, no-retry-4xx: what may be taken later is sent again, what is refused is set aside', () => {
    expect((rows.get('retry-5xx')?.steps ?? []).flatMap(({ status }) => (status ? [readPost(status)] : []))).toEqual(['later', 'later', 'taken']);
    expect(readPost(rows.get('no-retry-4xx')?.steps?.[0]?.status ?? 0)).toBe('refused');
    expect(readPost(429)).toBe('later');
  });
});

describe('names', () => {
  it('a name of today wins over the early one', () => {
    const addresses = pullAddresses(settingsOf({ ...early(), ...today() }));
    expect([addresses?.take.early, addresses?.post?.early, addresses?.ping?.early]).toEqual([false, false, false]);
  });

  it('no address, no pulling', () => {
    expect(pullAddresses(settingsOf({ RUNPOD_AI_API_KEY: 'ai-key' }))).toBeNull();
  });
});
