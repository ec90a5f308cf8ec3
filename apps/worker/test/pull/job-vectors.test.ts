/** How jobs are asked for, and what the answers mean: the rows of RunPod's contracts of both generations. */
import { describe, expect, it } from 'vitest';
import { pullAddresses } from '../../src/pull/pull-settings.ts';
import { type RawAnswer, readStop, readTake } from '../../src/pull/read-answer.ts';
import { HastyClock } from '../life/hasty-clock.ts';
import { testRows } from '../life/vector-file.ts';
import { type Asked, askedServer, jobServer, never, settingsOf } from './asked-server.ts';
import { forever, pullOne, runPuller, scriptedServer } from './one-job-server.ts';

interface Row extends Asked {
  readonly id: string;
  readonly response?: { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: unknown; readonly bodyText?: string };
  readonly expect?: {
    readonly jobs?: string[];
    readonly job?: { id: string } | null;
    readonly cancel?: string[];
    readonly nextPollMs?: number;
    readonly earlyNextPollMs?: number;
  };
}

const { today, early, expectAsked } = askedServer();

function rawOf({ response = {} }: Row): RawAnswer {
  const { status = 0, headers = {}, body, bodyText } = response;
  const isEmpty = headers['Content-Length'] === '0' || (body === undefined && bodyText === undefined);
  return { status, contentType: headers['Content-Type'] ?? '', text: isEmpty ? '' : (bodyText ?? JSON.stringify(body)) };
}

const take = (row: Row, addresses: Record<string, string>, want = 1) =>
  jobServer(addresses)
    .take(want, 0, never)
    .then(() => expectAsked(row));

/** Asks as in the row, and reads its answer. */
async function expectTaken(row: Row, { addresses = today(), want = 1, jobs: expected = row.expect?.jobs ?? [] } = {}) {
  await take(row, addresses, want);
  const { jobs, broken, waitMs } = readTake(rawOf(row));
  expect(jobs.map(({ id }) => id)).toEqual(expected);
  return { broken, waitMs };
}

/** Its answer is no job; another try comes after `waitMs`, null: after a growing pause. */
const noJob =
  (waitMs: number | null, addresses = today) =>
  async (row: Row) => {
    expect(await expectTaken(row, { addresses: addresses() })).toEqual({ broken: [], waitMs });
    for (const said of [row.expect?.nextPollMs, row.expect?.earlyNextPollMs]) if (said !== undefined) expect(waitMs).toBe(said);
  };

/** What the puller makes of requests that fail in this way. */
async function pausesAfter(cause: Error): Promise<number[]> {
  const clock = new HastyClock();
  const enough = Promise.withResolvers<void>();
  let takes = 0;
  const failing = async (_want: number, _inProgress: number, signal: AbortSignal) => {
    if (++takes <= 8) throw cause;
    enough.resolve();
    return await forever(signal);
  };
  await runPuller(scriptedServer({ take: failing }), { clock });
  await enough.promise;
  return clock.waits;
}

describe('taking jobs', () => {
  testRows<Row>('serverless-take', {
    'one-job': async (row) => expect(await expectTaken(row)).toEqual({ broken: [], waitMs: 0 }),
    batch: async (row) => expect(await expectTaken(row, { want: 2 })).toEqual({ broken: [], waitMs: 0 }),
    none: noJob(0),
    flashboot: noJob(0),
    'too-many': noJob(5_000),
    'server-error': noJob(null),
    unauthorized: noJob(null),
    'not-json': noJob(0),
    'empty-body': noJob(0),
    // It is told of as failed: the test of a job without an input below.
    'missing-input': async (row) => expect(await expectTaken(row)).toEqual({ broken: ['job-1'], waitMs: 0 }),
    'client-timeout': async (row) => {
      await take(row, today());
      const pauses = await pausesAfter(new DOMException('no answer within 90 s', 'TimeoutError'));
      expect(pauses).toEqual(pauses.map(() => row.expect?.nextPollMs));
    },
  });

  it('a job without an input ends as one that has failed', async () => {
    const { end } = await pullOne({ id: 'job-1' });
    expect(end).toEqual({ error: expect.stringContaining('audio') });
  });
});

describe('the early worker', () => {
  const post = (body: string) => async (row: Row) => {
    await jobServer(early()).post('job-1', body, { isStream: false, signal: never });
    expectAsked(row);
  };
  const ping = (jobs: string[]) => async (row: Row) => {
    await jobServer(early()).ping(jobs, never);
    expectAsked(row);
  };

  testRows<Row>(
    'early-pull-loop',
    {
      'take-job': async (row) =>
        expect(await expectTaken(row, { addresses: early(), jobs: [row.expect?.job?.id ?? ''] })).toEqual({ broken: [], waitMs: 0 }),
      'take-none': noJob(0, early),
      'take-400': noJob(0, early),
      'take-500': noJob(null, early),
      'take-timeout': async (row) => {
        await take(row, early());
        expect(new Set(await pausesAfter(new DOMException('timeout', 'TimeoutError')))).toEqual(new Set([0]));
      },
      'take-connection-refused': async (row) => {
        await take(row, early());
        const pauses = await pausesAfter(new Error('ECONNREFUSED'));
        expect(pauses.filter((pause) => pause < 1_000 || pause > 30_000)).toEqual([]);
        expect(pauses.slice(0, 5)).toEqual(pauses.slice(0, 5).toSorted((one, other) => one - other));
      },
      done: post('{"output": ["https://s3.example/12-22/job-1/0.png?X-Amz-Expires=604800"]}'),
      error: post('{"error": "No input provided."}'),
      'ping-busy': ping(['job-1']),
      'ping-idle': ping([]),
    },
    { 'done-latin1': 'servers must read a body in Latin-1; we send UTF-8 alone. e2e/fake-job-server.ts reads both' },
  );
});

describe('jobs to stop', () => {
  const stop = (pauseMs: number, ids?: string[]) => async (row: Row) => {
    await jobServer(today()).stop(never);
    expectAsked(row);
    const found = readStop(rawOf(row));
    expect(found).toEqual({ ids: ids ?? row.expect?.cancel, waitMs: pauseMs });
    if (row.expect?.nextPollMs !== undefined) expect(found.waitMs).toBe(row.expect.nextPollMs);
  };

  testRows<Row>('serverless-stop', {
    'stop-one': stop(0),
    none: stop(1_000),
    // Whether it is one of ours is the puller's to know.
    'unknown-job': stop(0, ['job-9']),
    'odd-entries': stop(0),
    'null-list': stop(1_000),
    'too-many': stop(5_000),
    error: stop(1_000),
  });

  it('are not asked for where the address does not tell', async () => {
    expect(await jobServer(early()).stop(never)).toBeNull();
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
