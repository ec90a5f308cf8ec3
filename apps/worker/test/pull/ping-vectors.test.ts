/** The sign of life: the rows of RunPod's contract, and when one that is not taken is repeated. */
import { unfitUrl } from '@bulk-transcribe/runpod';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { pingLoop } from '../../src/pull/ping-loop.ts';
import { pullAddresses } from '../../src/pull/pull-settings.ts';
import { readPing } from '../../src/pull/read-answer.ts';
import { HastyClock } from '../life/hasty-clock.ts';
import { testRows } from '../life/vector-file.ts';
import { type Asked, askedServer, jobServer, never, POD, settingsOf } from './asked-server.ts';

interface Row extends Asked {
  readonly id: string;
  readonly given?: Record<string, string>;
  readonly steps?: { status?: number }[];
  readonly expect?: { readonly oursSeconds?: number; readonly retriedOn?: number[] };
}

const { today, early, expectAsked } = askedServer();

describe('pings', () => {
  const ping = (jobs: string[]) => async (row: Row) => {
    await jobServer(today()).ping(jobs, never);
    expectAsked(row);
  };
  const pingMs = ({ given }: Row) => pullAddresses(settingsOf({ ...today(), ...given }))?.pingMs;

  /** Statuses that a server answers with, and after which pauses it was asked. */
  async function pausesOf(statuses: number[], addresses: Record<string, string>): Promise<number[]> {
    const clock = new HastyClock();
    const ended = new AbortController();
    const given = [...statuses];
    const server = Object.assign(jobServer(addresses), {
      ping: async () => {
        const status = given.shift();
        if (status === undefined) ended.abort();
        return status ?? 200;
      },
    });
    await pingLoop({ server, clock, log: pino({ level: 'silent' }), jobIds: () => [], signal: ended.signal });
    return clock.waits;
  }

  testRows<Row>('serverless-ping', {
    busy: ping(['job-1', 'job-2']),
    idle: ping([]),
    retry: async ({ steps = [], expect: expected }) => {
      const statuses = steps.flatMap(({ status }) => status ?? []);
      // Two repeats, then the beat: ten seconds after the first.
      expect(await pausesOf(statuses, today())).toEqual([1_000, 2_000, 7_000]);
      for (const status of [200, 401, 404, 418]) expect(readPing(status)).toBe('taken');
      for (const status of expected?.retriedOn ?? []) expect(readPing(status)).toBe('lost');
    },
    'interval-rounded': (row) => expect(pingMs(row)).toBe((row.expect?.oursSeconds ?? 0) * 1_000),
    'interval-below-one-second': (row) => expect(pingMs(row)).toBe(1_000),
    'no-pod-id': ({ given }) => {
      const { env = {} } = given as { env?: Record<string, string> };
      const settings = settingsOf({ RUNPOD_WEBHOOK_GET_JOB: 'https://ctl.example/v2/ep1/job-take/$ID?t=1', ...env });
      expect(pullAddresses(settings)?.pings).toBe(false);
      expect(pullAddresses({ ...settings, RUNPOD_POD_ID: POD })?.pings).toBe(true);
    },
    unfit: ({ request }) => {
      const template = 'https://ctl.example/v2/ep1/ping/$RUNPOD_POD_ID?t=1';
      const unfit = { check: 'check_gpu', reason: 'RuntimeError: no GPU' };
      expect(unfitUrl({ template, podId: POD, gpuTypeId: '' }, unfit)).toBe(request?.url);
    },
  });

  it('are repeated three times at most, and not beyond the next one', async () => {
    expect(await pausesOf([503, 503, 503, 503, 503], today())).toEqual([1_000, 2_000, 4_000, 3_000, 1_000]);
    expect(await pausesOf([503, 503], { ...today(), RUNPOD_PING_INTERVAL: '1500' })).toEqual([1_000, 500]);
  });

  it('of the early worker are not repeated, and sent wherever it runs', async () => {
    expect(await pausesOf([503, 503], early())).toEqual([10_000, 10_000]);
    expect(pullAddresses(settingsOf(early()))?.pings).toBe(true);
  });
});
