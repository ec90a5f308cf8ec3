/** What a worker says of itself before work comes: preflight, self-test, and a ping that waits for news. */
import type { Ping, Preflight, SelfTest } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/life/clock.ts';
import { Lifecycle } from '../src/life/lifecycle.ts';
import { createFakeEngine } from './fake-engine.ts';
import { limitsFor } from './life/lives.ts';
import { runWorker } from './run-worker.ts';
import { bytesOf, errorOf, type WorkerClient } from './worker-client.ts';

const selfTest = (client: WorkerClient): Promise<Response> => client.post('/v1/self-test', {});
const preflight = async (client: WorkerClient): Promise<Preflight> => (await (await client.fetch('/v1/preflight')).json()) as Preflight;
const ping = async (client: WorkerClient, query = ''): Promise<Ping> => (await (await client.fetch(`/v1/ping${query}`)).json()) as Ping;

describe('preflight', () => {
  it('finds nothing where all is well', async () => {
    const { ok, checks } = await preflight((await runWorker()).client);
    expect([ok, checks.map(({ check }) => check)]).toEqual([true, ['engine', 'gpu', 'disk', 'bill']]);
  });

  it('finds an engine that is not loaded, a GPU that is not used, and a pod that cannot end its bill', async () => {
    const platform = { kind: 'pod', workerId: 'pod1', gpuCount: 1, keys: [], notArmedBecause: 'There is no key.' } as const;
    const lifecycle = new Lifecycle({ clock: systemClock, limits: limitsFor({ idleMs: null }), platform });
    const { client } = await runWorker({ lifecycle, paidGpu: 'NVIDIA A100' });
    const wrong = async () => (await preflight(client)).checks.filter(({ ok }) => !ok);
    expect(await wrong()).toEqual([
      { check: 'gpu', ok: false, message: 'There is a GPU (NVIDIA A100), but the worker computes on the CPU.' },
      { check: 'bill', ok: false, message: 'There is no key.' },
    ]);
    const { client: broken } = await runWorker({ engine: createFakeEngine({ prepareFailures: 9 }), engineRetryMs: 600_000 });
    expect((await preflight(broken)).checks[0]).toMatchObject({ check: 'engine', ok: false, message: expect.stringMatching(/./) });
  });
});

describe('the self-test', () => {
  it('measures the speed once, with the model of the settings, and counts as work', async () => {
    const { client, engine } = await runWorker();
    const [first, again] = (await Promise.all([selfTest(client), selfTest(client)])).map((answer) => answer.json() as Promise<SelfTest>);
    expect(await first).toMatchObject({ model: 'moonshine-tiny-en', device: 'cpu', timesRealTime: expect.any(Number) });
    expect(await again).toEqual(await first);
    expect([engine.begun, engine.loaded]).toEqual([['Kennedy inaugural address (sample).mp3'], ['moonshine-tiny-en']]);
  });

  it('does not come between a recording and its engine', async () => {
    const { client, engine } = await runWorker();
    const { id } = await client.submit(bytesOf('fake{hang-after=1}'));
    await client.untilState(id, 'running');
    expect(await errorOf(await selfTest(client))).toMatchObject({ status: 409, code: 'conflict' });
    expect(engine.begun).toHaveLength(1);
  });
});

describe('a ping that waits', () => {
  it('does not wait for what has happened since the last one', async () => {
    const { client, lifecycle } = await runWorker();
    const { news } = await ping(client);
    lifecycle.drain('drain');
    expect(await ping(client, `?waitMs=25000&news=${news}`)).toMatchObject({ accepting: false, news: expect.any(Number) });
  });

  it('is answered when the worker begins to end, and not before', async () => {
    const { client, lifecycle } = await runWorker();
    const { news } = await ping(client);
    const next = ping(client, `?waitMs=25000&news=${news}`);
    expect((await ping(client)).state).toBe('idle');
    lifecycle.drain('drain');
    expect(await next).toMatchObject({ accepting: false, lifecycle: { willEndBecause: 'drain' } });
  });

  it('is answered after its time where nothing happens, and waits no longer than proxies do', async () => {
    const { client } = await runWorker();
    expect((await ping(client, '?waitMs=1')).state).toBe('idle');
    expect(await errorOf(await client.fetch('/v1/ping?waitMs=60000'))).toMatchObject({ status: 400, field: 'waitMs' });
  });
});
