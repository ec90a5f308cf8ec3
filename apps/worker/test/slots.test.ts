/** Several tasks in one engine at a time. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelInfo, Ping, TaskRequest } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { Lifecycle } from '../src/life/lifecycle.ts';
import { createFakeEngine, fakeEngineInfo } from './fake-engine.ts';
import { FakeClock } from './life/fake-clock.ts';
import { limitsFor, nowhere } from './life/lives.ts';
import { kill, runWorker, spawnWorker, temporaryFolder } from './run-worker.ts';
import { bytesOf, requestFor, type WorkerClient } from './worker-client.ts';

/** A recording that is called by its script. */
const submit = async (client: WorkerClient, script: string, change: Partial<TaskRequest> = {}): Promise<string> => {
  const { input } = requestFor(bytesOf(script));
  return (await client.submit(bytesOf(script), { input: { ...input, name: script }, ...change })).id;
};
const pingOf = async (client: WorkerClient) => (await (await client.fetch('/v1/ping')).json()) as Ping;
const cancel = async (client: WorkerClient, id: string) => await client.post(`/v1/tasks/${id}/cancel`, { attempt: 1 });
const untilFirstWindow = async (client: WorkerClient, ids: readonly string[]) =>
  await Promise.all(ids.map((id) => client.until(id, ({ type }) => type === 'window')));

/** Gates that the script waits at behind its first window: `at` names it for a script, `open` lets it go on. */
async function gates() {
  const folder = await temporaryFolder();
  return {
    at: (name: string) => `wait-for=${path.join(folder, name)}`,
    open: async (name: string) => await writeFile(path.join(folder, name), ''),
  };
}

describe('a worker with several slots', () => {
  it('works on as many at once as it has slots, each with its own progress; the next begins when one ends', async () => {
    const gate = await gates();
    const { client, engine } = await runWorker({ engine: createFakeEngine({ slots: 2 }) });
    expect(await pingOf(client)).toMatchObject({ state: 'idle', slots: { total: 2, free: 2 } });
    const [one, two] = [await submit(client, `fake{windows=2,${gate.at('one')}}`), await submit(client, `fake{windows=4,${gate.at('two')}}`)];
    const three = await submit(client, 'fake{text=three}');
    await untilFirstWindow(client, [one, two]);
    expect(await Promise.all([one, two, three].map(async (id) => (await client.task(id)).state))).toEqual(['running', 'running', 'queued']);
    expect(await pingOf(client)).toMatchObject({ state: 'busy', accepting: true, slots: { total: 2, free: 0 } });
    await gate.open('two');
    await client.untilState(two, 'succeeded');
    await client.untilState(three, 'succeeded');
    expect(await client.task(one)).toMatchObject({ state: 'running', windows: 1, progress: { doneSec: 5, totalSec: 10 } });
    expect(await client.task(two)).toMatchObject({ windows: 4, progress: { doneSec: 20, totalSec: 20 } });
    expect(await pingOf(client)).toMatchObject({ state: 'busy', slots: { free: 1 } });
    await gate.open('one');
    await client.untilState(one, 'succeeded');
    expect(await pingOf(client)).toMatchObject({ state: 'idle', slots: { free: 2 } });
    expect(engine.begun).toHaveLength(3);
  });

  it('cancels one and leaves the other alone', async () => {
    const { client, engine } = await runWorker({ engine: createFakeEngine({ slots: 2 }) });
    const gate = await gates();
    const dropped = await submit(client, 'fake{hang-after=1}');
    const kept = await submit(client, `fake{${gate.at('go')}}`);
    await untilFirstWindow(client, [dropped, kept]);
    expect(await (await cancel(client, dropped)).json()).toMatchObject({ state: 'cancelled' });
    const next = await submit(client, 'fake{text=next}');
    await client.untilState(next, 'succeeded');
    expect(await client.task(kept)).toMatchObject({ state: 'running' });
    await gate.open('go');
    await client.untilState(kept, 'succeeded');
    expect(engine.aborted).toBe(1);
    expect(engine.begun).toHaveLength(3);
  });

  it('has one model at work at a time: a task with another one waits, and those behind it', async () => {
    const gate = await gates();
    const other: ModelInfo = { ...(fakeEngineInfo.models[0] as ModelInfo), id: 'other', default: false };
    const { client, engine } = await runWorker({ engine: createFakeEngine({ slots: 3, more: [other] }) });
    const first = await submit(client, `fake{${gate.at('go')}}`);
    await untilFirstWindow(client, [first]);
    const { options } = requestFor(bytesOf(''));
    const second = await submit(client, 'fake{text=second}', { options: { ...options, model: 'other' } });
    const third = await submit(client, 'fake{text=third}');
    expect(await pingOf(client)).toMatchObject({ slots: { free: 0 } });
    expect(engine.begun).toHaveLength(1);
    await gate.open('go');
    for (const id of [first, second, third]) await client.untilState(id, 'succeeded');
    expect(engine.heardWith.slice(1)).toEqual(['other', options.model]);
  });

  it('hears speakers beside a recording of any model', async () => {
    const gate = await gates();
    const { client, engine } = await runWorker({ engine: createFakeEngine({ slots: 2 }) });
    const first = await submit(client, `fake{${gate.at('go')}}`);
    await untilFirstWindow(client, [first]);
    const { options } = requestFor(bytesOf(''));
    const hearing = await submit(client, 'fake{evidence=1}', { work: 'speakers', options: { ...options, model: 'not here' } });
    await client.untilState(hearing, 'succeeded');
    expect(await client.task(first)).toMatchObject({ state: 'running' });
    expect(engine.heardWith).toEqual([options.model, 'speakers']);
    await gate.open('go');
    await client.untilState(first, 'succeeded');
  });

  it('that drains lets all of them finish, then it ends', async () => {
    const gate = await gates();
    const { client, lifecycle } = await runWorker({ engine: createFakeEngine({ slots: 2 }) });
    const ids = [await submit(client, `fake{${gate.at('one')}}`), await submit(client, `fake{crash-after=2,windows=3,times=1,${gate.at('two')}}`)];
    await untilFirstWindow(client, ids);
    await client.post('/v1/drain', {});
    const ack = async (id: string) => {
      await client.untilState(id, 'succeeded');
      expect(lifecycle.state).toBe('draining');
      await client.post(`/v1/tasks/${id}/ack`, { attempt: 1 });
    };
    await gate.open('one');
    await ack(ids[0] ?? '');
    await gate.open('two');
    await ack(ids[1] ?? '');
    expect(lifecycle.state).toBe('terminating');
  });
});

describe('an engine that dies with several', () => {
  it('costs the innocent neither an attempt nor a window: each goes on alone, and what kills it is found out', async () => {
    const { client, engine, dataRoot } = await runWorker({ engine: createFakeEngine({ slots: 3 }) });
    const gate = await gates();
    const computed = (name: string) => path.join(dataRoot, name);
    const innocent = ['one', 'two'].map((name) => `fake{windows=3,computed=${computed(name)},${gate.at('never')}}`);
    const ids = [await submit(client, innocent[0] ?? ''), await submit(client, innocent[1] ?? '')];
    await untilFirstWindow(client, ids);
    const poison = await submit(client, 'fake{crash-after=1}');
    // It takes the others with it once. Their gate stands behind the first window, so the second engine does not see it.
    const { error } = await client.untilState(poison, 'failed');
    expect(error).toMatchObject({ code: 'recording_kills_worker' });
    for (const id of ids) expect(await client.untilState(id, 'succeeded')).toMatchObject({ attempt: 1 });
    for (const name of ['one', 'two']) expect(await readFile(computed(name), 'utf8')).toBe('0\n1\n2\n');
    // Once together, then the innocent each alone, and the poison twice.
    expect(engine.begun.slice(0, 3).toSorted()).toEqual([...innocent, 'fake{crash-after=1}'].toSorted());
    expect(engine.begun.slice(3)).toEqual([...innocent, 'fake{crash-after=1}', 'fake{crash-after=1}']);
    // What comes then runs beside others again.
    const later = await Promise.all(['x', 'y'].map((name) => submit(client, `fake{windows=2,text=${name},${gate.at('later')}}`)));
    await untilFirstWindow(client, later);
    expect(await pingOf(client)).toMatchObject({ slots: { total: 3, free: 1 } });
    await gate.open('later');
  });

  it('because one took too long: that one is failed, the others go on together', async () => {
    const clock = new FakeClock();
    const lifecycle = new Lifecycle({ clock, limits: limitsFor({ idleMs: null, executionMs: 60_000 }), platform: nowhere });
    const { client, engine } = await runWorker({ lifecycle, engine: createFakeEngine({ slots: 3 }) });
    const gate = await gates();
    const slow = await submit(client, 'fake{hang-after=1}');
    await untilFirstWindow(client, [slow]);
    clock.pass(30_000);
    const others = ['one', 'two'].map((name) => `fake{hang-after=1,times=1,windows=2,text=${name},${gate.at('never')}}`);
    const ids = await Promise.all(others.map((script) => submit(client, script)));
    await untilFirstWindow(client, ids);
    clock.pass(30_000);
    expect((await client.untilState(slow, 'failed')).error).toMatchObject({ code: 'execution_timeout' });
    for (const id of ids) await client.untilState(id, 'succeeded');
    expect(engine.begun.slice(3).toSorted()).toEqual(others.toSorted());
    expect(lifecycle.state).toBe('idle');
  });

  it('or cannot be used by one: the others go on, and it is not loaded anew', async () => {
    const fake = createFakeEngine({ slots: 2 });
    let prepared = 0;
    const prepare: typeof fake.prepare = () => {
      prepared += 1;
      return fake.prepare();
    };
    const gate = await gates();
    const { client } = await runWorker({ engine: { ...fake, prepare } });
    const kept = await submit(client, `fake{${gate.at('go')}}`);
    await untilFirstWindow(client, [kept]);
    const failed = await submit(client, 'fake{fail=engine_unavailable}');
    await client.untilState(failed, 'failed');
    expect(await pingOf(client)).toMatchObject({ state: 'busy', accepting: true });
    await gate.open('go');
    await client.untilState(kept, 'succeeded');
    expect(prepared).toBe(1);
  });
});

describe('a worker that is started again', () => {
  it('after kill -9 runs what was at work alone, as any of it may be what killed it', async () => {
    const dataRoot = await temporaryFolder();
    const gate = await gates();
    const start = async () => await spawnWorker(dataRoot, { env: { SLOTS: '2' } });
    const before = await start();
    const computed = path.join(dataRoot, 'computed');
    const script = `fake{windows=3,step-ms=50,computed=${computed},${gate.at('never')}}`;
    const ids = await Promise.all([1, 2].map(() => submit(before.client, script)));
    await untilFirstWindow(before.client, ids);
    await kill(before.child);
    const { client } = await start();
    for (const id of ids) expect(await client.untilState(id, 'succeeded')).toMatchObject({ attempt: 1, windows: 3 });
    // Both to their gate at once, then one behind the other.
    expect(await readFile(computed, 'utf8')).toBe('0\n0\n1\n2\n1\n2\n');
  });

  it('after a stop runs it at once again', async () => {
    const dataRoot = await temporaryFolder();
    const gate = await gates();
    const engine = createFakeEngine({ slots: 2 });
    const before = await runWorker({ dataRoot, engine });
    const ids = await Promise.all(['one', 'two'].map((name) => submit(before.client, `fake{windows=2,text=${name},${gate.at(name)}}`)));
    await untilFirstWindow(before.client, ids);
    await before.app.close();
    const gated = createFakeEngine({ slots: 2 });
    const hold = Promise.withResolvers<void>();
    const atOnce: string[] = [];
    const transcribe: typeof gated.transcribe = async (...call) => {
      atOnce.push(call[0].name);
      if (atOnce.length === 2) hold.resolve();
      await hold.promise;
      return await gated.transcribe(...call);
    };
    const { client } = await runWorker({ dataRoot, engine: { ...gated, transcribe } });
    for (const id of ids) await client.untilState(id, 'succeeded');
    expect(atOnce).toHaveLength(2);
  });
});
