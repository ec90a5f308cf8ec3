/** What a server of jobs is told of a job: the rows of RunPod's contract, which speaks of handlers; ours is one that transcribes. */
import { readdir } from 'node:fs/promises';
import { pino } from 'pino';
import { describe, expect } from 'vitest';
import { pauseOn } from '../../src/life/clock.ts';
import { deliver, JobNews, reportsOf } from '../../src/pull/job.ts';
import { JobFolder } from '../../src/pull/job-folder.ts';
import { HastyClock } from '../life/hasty-clock.ts';
import { testRows } from '../life/vector-file.ts';
import { temporaryFolder } from '../run-worker.ts';
import { type Asked, askedServer, jobServer, never, POD } from './asked-server.ts';
import { pullOne, scripted } from './one-job-server.ts';

interface Row extends Asked {
  readonly id: string;
  readonly given?: { readonly handlerReturns?: unknown; readonly handlerYields?: unknown[] };
  readonly steps?: { status?: number; transportError?: string; post?: unknown }[];
  readonly expect?: { readonly body?: object; readonly stream?: { output: unknown }[]; readonly done?: { isStream: boolean } };
}

const { today, expectAsked, calls, answers } = askedServer();

/** A job in hand, and what speaks of it. */
async function jobInHand() {
  const root = await temporaryFolder();
  const folder = await JobFolder.create(root, { id: 'job-1', input: {} });
  const clock = new HastyClock();
  const options = { server: jobServer(today()), folder, clock, log: pino({ level: 'silent' }), signal: never };
  const from = calls.length;
  return {
    root,
    clock,
    job: reportsOf(options),
    news: new JobNews(options),
    deliver: () => deliver(options),
    said: () => calls.slice(from).map(({ body }) => JSON.parse(body) as Record<string, unknown>),
  };
}

/** Delivers an end to a server that answers so. */
async function delivered(...given: (number | 'cut')[]) {
  const hand = await jobInHand();
  await hand.job.done('job-1', { text: 'привет' }, false);
  answers.push(...given);
  const outcome = await hand.deliver();
  return { outcome, pauses: hand.clock.waits, said: hand.said(), kept: await readdir(hand.root) };
}

/** What our handler returns is told as it is. */
const returned = async ({ given, expect: expected }: Row) => {
  const { job, deliver: send, said } = await jobInHand();
  await job.done('job-1', given?.handlerReturns, false);
  await send();
  expect(said()).toEqual([expected?.body]);
};

const otherShape = 'our output is always an object, and never empty';
const refresh = 'our worker keeps nothing of a job that a new one would have to be rid of; its life is its own (docs/worker.md)';

describe('what is told of a job', () => {
  testRows<Row>(
    'serverless-results',
    {
      'done-request': async (row) => {
        await delivered();
        expectAsked(row);
      },
      object: returned,
      error: async ({ expect: expected }) => {
        const { job, deliver: send, said } = await jobInHand();
        await job.error(POD, 'job-1', 'bad');
        await send();
        expect(said()).toEqual([expected?.body]);
      },
      'error-as-object': async () => {
        const { end } = await pullOne({ id: 'job-1', input: scripted('fail=media_unreadable') });
        expect(end).toEqual({ error: expect.stringContaining('media_unreadable') });
      },
      generator: async ({ given, expect: expected }) => {
        const { job, news, deliver: send, said } = await jobInHand();
        for (const part of given?.handlerYields ?? []) news.part(part);
        await news.settled();
        expect(said()).toEqual(expected?.stream);
        expect(calls.at(-1)?.url).toContain('isStream=false');
        await job.done('job-1', {}, true);
        await send();
        expect(calls.at(-1)?.url).toContain(`isStream=${expected?.done?.isStream}`);
      },
      progress: async (row) => {
        const { news } = await jobInHand();
        news.progress('3/10');
        await news.settled();
        expectAsked(row);
      },
      'progress-after-result': async () => {
        const { job, news, deliver: send, said, clock } = await jobInHand();
        news.progress('1/10');
        await news.settled();
        await job.done('job-1', 'done', false);
        await send();
        // Long after the first: it is not held back for coming too soon.
        await pauseOn(clock, 60_000, never);
        news.progress('10/10');
        await news.settled();
        expect(said()).toEqual([{ status: 'IN_PROGRESS', output: '1/10' }, { output: 'done' }]);
      },
      'retry-5xx': async ({ steps = [] }) => {
        const { outcome, said, pauses } = await delivered(...steps.flatMap(({ status }) => status ?? []));
        expect([outcome, said.length, pauses.length]).toEqual(['taken', 3, 2]);
      },
      'no-retry-4xx': async ({ steps = [] }) => {
        const { outcome, said, kept } = await delivered(...steps.flatMap(({ status }) => status ?? []));
        expect([outcome, said.length, kept.length]).toEqual(['refused', 1, 1]);
      },
      'no-retry-connection': async () => {
        const { outcome, said, pauses, kept } = await delivered('cut', 'cut', 'cut', 'cut', 429);
        expect([outcome, said.length, kept.length]).toEqual(['taken', 6, 1]);
        expect(pauses.filter((pause) => pause < 1_000)).toEqual([]);
      },
      'result-too-large': async () => {
        const { end } = await pullOne({ id: 'job-1', input: scripted('windows=60,text=Many_words.') }, { settings: { maxResultBytes: 2_000 } });
        expect(end).toEqual({ error: expect.stringMatching(/MAX_RESULT_BYTES.*payload_too_large/) });
      },
    },
    {
      text: otherShape,
      list: otherShape,
      true: otherShape,
      null: otherShape,
      'empty-object': otherShape,
      'error-and-output': 'a job of ours ends with either',
      'refresh-from-handler': refresh,
      'refresh-from-config': refresh,
      exception: 'ours tells people what to do next, as plain text (error-as-object); traces stay in its own log',
      'generator-aggregate': 'the end of ours always holds everything',
      'generator-error-chunk': 'a failure of ours is no part of the stream, but the end of the job',
    },
  );
});
