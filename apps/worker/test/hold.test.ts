/** Keeping a worker and sending it away, over HTTP, on a clock that the test winds. */
import type { LifecycleAnswer, Ping } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { Lifecycle } from '../src/life/lifecycle.ts';
import { FakeClock } from './life/fake-clock.ts';
import { limitsFor, pod } from './life/lives.ts';
import { runWorker } from './run-worker.ts';
import { bytesOf, errorOf, requestFor } from './worker-client.ts';

async function start() {
  const clock = new FakeClock();
  const lifecycle = new Lifecycle({ clock, limits: limitsFor(), platform: pod });
  const { client, app } = await runWorker({ lifecycle });
  const life = async () => ((await (await client.fetch('/v1/ping')).json()) as Ping).lifecycle;
  return { app, clock, client, lifecycle, life };
}

describe('a hold', () => {
  it('keeps the worker for as long as it says, and the idle time counts from its end', async () => {
    const { clock, client, life } = await start();
    expect(await life()).toMatchObject({ state: 'idle', keptAliveBy: [], idleLeftMs: 60_000, willEndBecause: 'idle' });
    clock.pass(50_000);
    const answer = await client.post('/v1/hold', { ms: 60_000 });
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as LifecycleAnswer).lifecycle).toMatchObject({ keptAliveBy: ['hold'], idleLeftMs: null });
    clock.pass(60_000);
    expect(await life()).toMatchObject({ keptAliveBy: [], idleLeftMs: 60_000 });
    clock.pass(59_999);
    expect(await life()).toMatchObject({ state: 'idle', idleLeftMs: 1 });
    clock.pass(1);
    expect(await life()).toMatchObject({ state: 'terminating', willEndBecause: 'idle' });
    expect(await errorOf(await client.post('/v1/hold', { ms: 1 }))).toMatchObject({ status: 503, code: 'shutting_down' });
  });

  it('is of a minute at most', async () => {
    const { client } = await start();
    for (const ms of [0, 60_001, 1.5, '60000'])
      expect(await errorOf(await client.post('/v1/hold', { ms }))).toMatchObject({ status: 400, field: 'ms' });
  });
});

describe('work', () => {
  it('is a task from its first request on, and each part of its input; looking at it is not', async () => {
    const { clock, client, life } = await start();
    const bytes = bytesOf('fake{windows=1}');
    clock.pass(59_000);
    const request = requestFor(bytes);
    expect((await client.post('/v1/tasks', request)).status).toBe(201);
    clock.pass(59_000);
    expect((await client.put(request.id, 0, bytes.slice(0, 4))).status).toBe(200);
    clock.pass(59_000);
    await client.task(request.id);
    expect(await life()).toMatchObject({ idleLeftMs: 1_000 });
    expect((await client.put(request.id, 4, bytes.slice(4))).status).toBe(200);
    await client.untilState(request.id, 'succeeded');
    clock.pass(10 * 60_000);
    expect(await life()).toMatchObject({ state: 'idle', keptAliveBy: ['results'] });
    await client.post(`/v1/tasks/${request.id}/ack`, { attempt: 1 });
    expect(await life()).toMatchObject({ keptAliveBy: [], idleLeftMs: 60_000 });
  });

  it('is not taken any more once the end has begun, nor bytes of a task that was', async () => {
    const { clock, client, life } = await start();
    const bytes = bytesOf('fake{windows=1}');
    const request = requestFor(bytes);
    await client.post('/v1/tasks', request);
    clock.pass(60_000);
    expect(await life()).toMatchObject({ state: 'terminating' });
    expect(await errorOf(await client.put(request.id, 0, bytes))).toMatchObject({ status: 503, code: 'shutting_down' });
    expect(await errorOf(await client.post('/v1/tasks', requestFor(bytes)))).toMatchObject({ status: 503, code: 'shutting_down' });
    expect((await client.post('/v1/tasks', request)).status).toBe(200);
  });
});

describe('a drain', () => {
  it('ends an idle worker, and can be asked for again', async () => {
    const { client, lifecycle } = await start();
    const ends = new Promise<void>((resolve) => lifecycle.on('change', ({ to }) => to === 'terminating' && resolve()));
    expect((await client.post('/v1/drain', {})).status).toBe(200);
    await ends;
    expect(await (await client.post('/v1/drain', {})).json()).toMatchObject({ lifecycle: { state: 'terminating', willEndBecause: 'drain' } });
  });
});
