import { readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Health } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { createFakeEngine, fakeEngineInfo } from './fake-engine.ts';
import { runWorker, temporaryFolder } from './run-worker.ts';
import { bytesOf, errorOf, requestFor, type WorkerClient } from './worker-client.ts';

const named = (name: string, text: string) => {
  const { input } = requestFor(bytesOf(text));
  return { input: { ...input, name } };
};

const health = async (client: WorkerClient) => (await (await client.fetch('/health')).json()) as Health;

describe('the runner', () => {
  it('works on one task after another, in the order in which their inputs were complete', async () => {
    const { client, engine } = await runWorker();
    const folder = await temporaryFolder();
    const gate = path.join(folder, 'go');
    const first = bytesOf(`fake{wait-for=${gate}}`);
    const one = await client.submit(first, named('one', `fake{wait-for=${gate}}`));
    await client.until(one.id, ({ type }) => type === 'window');
    const two = await client.submit(bytesOf('two'), named('two', 'two'));
    const three = await client.submit(bytesOf('three'), named('three', 'three'));
    expect((await client.task(two.id)).state).toBe('queued');
    const ping = await (await client.fetch('/v1/ping')).json();
    expect(ping).toMatchObject({ state: 'busy', accepting: true, slots: { total: 1, free: 0 } });
    await writeFile(gate, '');
    for (const { id } of [one, two, three]) await client.untilState(id, 'succeeded');
    expect(engine.begun).toEqual(['one', 'two', 'three']);
    expect(await (await client.fetch('/v1/ping')).json()).toMatchObject({ state: 'idle', slots: { free: 1 } });
  });

  it('cancels a running task: the engine is told, the task is cancelled, the next one runs', async () => {
    const { client, engine } = await runWorker();
    const { id } = await client.submit(bytesOf('fake{hang-after=1}'));
    await client.until(id, ({ type }) => type === 'window');
    const next = await client.submit(bytesOf('next'));
    for (const _again of [1, 2]) {
      const answer = await client.post(`/v1/tasks/${id}/cancel`, { attempt: 1 });
      expect([answer.status, await answer.json()]).toMatchObject([200, { state: 'cancelled' }]);
    }
    await client.untilState(next.id, 'succeeded');
    expect(engine.aborted).toBe(1);
    expect(await client.task(id)).toMatchObject({ state: 'cancelled', error: null });
    expect((await client.post(`/v1/tasks/${id}/ack`, { attempt: 1 })).status).toBe(204);
  });

  it('cancels a queued task before it has begun, and leaves a finished one as it is', async () => {
    const { client, engine } = await runWorker();
    const running = await client.submit(bytesOf('fake{hang-after=0}'), named('running', 'fake{hang-after=0}'));
    await client.untilState(running.id, 'running');
    const queued = await client.submit(bytesOf('queued'), named('queued', 'queued'));
    await client.post(`/v1/tasks/${queued.id}/cancel`, { attempt: 1 });
    await client.post(`/v1/tasks/${running.id}/cancel`, { attempt: 1 });
    const last = await client.submit(bytesOf('last'), named('last', 'last'));
    await client.untilState(last.id, 'succeeded');
    expect(engine.begun).toEqual(['running', 'last']);
    expect(await (await client.post(`/v1/tasks/${last.id}/cancel`, { attempt: 1 })).json()).toMatchObject({ state: 'succeeded' });
  });

  it('goes on behind the last finished window when the engine has crashed', async () => {
    const { client, engine, dataRoot } = await runWorker();
    const computed = path.join(dataRoot, 'computed');
    const { id } = await client.submit(bytesOf(`fake{windows=3,crash-after=1,times=1,computed=${computed}}`));
    await client.untilState(id, 'succeeded');
    expect(engine.begun).toHaveLength(2);
    expect(await readFile(computed, 'utf8')).toBe('0\n1\n2\n');
  });

  it('fails an attempt that crashes the engine twice at one place; the next goes on from there', async () => {
    const { client } = await runWorker();
    const request = await client.submit(bytesOf('fake{crash-after=1,times=2}'));
    const failed = await client.untilState(request.id, 'failed');
    expect(failed.error).toMatchObject({
      code: 'recording_kills_worker',
      message: 'This recording ended the speech engine twice in a row, behind minute 0:05.',
    });
    expect(await health(client)).toMatchObject({ status: 'ok' });
    expect(await errorOf(await client.fetch(`/v1/tasks/${request.id}/result`))).toMatchObject({ code: 'conflict' });
    expect(await (await client.post('/v1/tasks', { ...request, attempt: 2 })).json()).toMatchObject({ windows: 1 });
    await client.untilState(request.id, 'succeeded');
  });

  it('hears speakers alone where a task asks for that: no text, and the engine recognises nothing', async () => {
    const { client, engine } = await runWorker();
    const { id } = await client.submit(bytesOf('fake{windows=2,evidence=10}'), { work: 'speakers' });
    await client.untilState(id, 'succeeded');
    expect(engine.heardWith).toEqual(['speakers']);
    expect(await (await client.fetch(`/v1/tasks/${id}/result`)).json()).toMatchObject({ segments: [], speakers: [{ id: 'S1' }, { id: 'S2' }] });
    expect((await client.fetch(`/v1/tasks/${id}/evidence?offset=0`)).headers.get('x-evidence-size')).toBe('10');
  });

  it('keeps the code of what is wrong with a recording', async () => {
    const { client } = await runWorker();
    const { id } = await client.submit(bytesOf('fake{fail=media_no_audio}'));
    expect((await client.untilState(id, 'failed')).error).toMatchObject({ code: 'media_no_audio' });
  });

  it.runIf(process.platform === 'linux')('fails a task whose result does not fit on the disk, and only that one', async () => {
    const { client, dataRoot } = await runWorker();
    const gate = path.join(await temporaryFolder(), 'go');
    const first = await client.submit(bytesOf(`fake{wait-for=${gate}}`));
    await client.until(first.id, ({ type }) => type === 'window');
    const second = await client.submit(bytesOf('second'));
    // Writing to /dev/full fails with ENOSPC (full(4)); these are the names under which files are written first.
    const full = ['result.json.tmp', 'task.json.tmp'].map((name) => path.join(dataRoot, 'tasks', second.id, name));
    await Promise.all(full.map((file) => symlink('/dev/full', file)));
    await writeFile(gate, '');
    expect((await client.untilState(second.id, 'failed')).error).toMatchObject({ code: 'disk_full' });
    await client.untilState(first.id, 'succeeded');
    await Promise.all(full.map((file) => rm(file)));
    expect((await client.post('/v1/tasks', { ...second, attempt: 2 })).status).toBe(201);
    await client.untilState(second.id, 'succeeded');
  });

  it('says "internal" of an error that nobody foresaw, not its text', async () => {
    const { client } = await runWorker();
    const { id } = await client.submit(bytesOf('fake{fail=no_such_code}'));
    const { error } = await client.untilState(id, 'failed');
    expect(error?.code).toBe('internal');
    expect(error?.message).not.toContain('no_such_code');
  });

  it('says why an engine cannot be loaded, takes nothing new, and works once it can', async () => {
    const engine = createFakeEngine();
    const loaded = Promise.withResolvers<void>();
    const failing = { ...engine, prepare: createFakeEngine({ prepareFailures: 1 }).prepare };
    const { client } = await runWorker({ engine: { ...failing, prepare: () => failing.prepare().finally(loaded.resolve) }, engineRetryMs: 600_000 });
    await loaded.promise;
    expect(await health(client)).toMatchObject({
      status: 'failed',
      state: 'booting',
      accepting: false,
      message: expect.stringContaining('not to load'),
    });
    expect(await errorOf(await client.post('/v1/tasks', requestFor(bytesOf('x'))))).toMatchObject({ status: 503, code: 'engine_unavailable' });
    expect(await (await client.fetch('/v1/ping')).json()).toMatchObject({ provider: 'none', models: [], accepting: false });
  });

  it('tries a failed engine again by itself', async () => {
    const { client } = await runWorker({ engine: createFakeEngine({ prepareFailures: 3 }), engineRetryMs: 1 });
    while (!(await health(client)).accepting);
    const { id } = await client.submit(bytesOf('recording'));
    await client.untilState(id, 'succeeded');
  });

  it('loads the engine again after it was lost in the middle of a task', async () => {
    const fake = createFakeEngine();
    let prepared = 0;
    const prepare = async () => {
      prepared++;
      return fakeEngineInfo;
    };
    const engine = { ...fake, prepare };
    const { client } = await runWorker({ engine });
    const lost = await client.submit(bytesOf('fake{fail=engine_unavailable}'));
    await client.untilState(lost.id, 'failed');
    while (!(await health(client)).accepting);
    const next = await client.submit(bytesOf('recording'));
    await client.untilState(next.id, 'succeeded');
    expect(prepared).toBe(2);
  });

  it('refuses to work with an engine that lacks the model of its settings', async () => {
    const { client } = await runWorker({ model: 'no-such-model' });
    expect(await health(client)).toMatchObject({ status: 'failed', message: expect.stringContaining('no-such-model') });
  });

  it('aborts what runs when it closes, and leaves the task for the next start', async () => {
    const dataRoot = await temporaryFolder();
    const before = await runWorker({ dataRoot });
    const { id } = await before.client.submit(bytesOf('fake{hang-after=1,times=1}'));
    await before.client.until(id, ({ type }) => type === 'window');
    await before.app.close();
    expect(before.engine.aborted).toBe(1);
    // A new engine has not seen the script yet, so this one would hang again: the second attempt of the same engine does not.
    const after = await runWorker({ dataRoot, engine: before.engine });
    expect(await after.client.untilState(id, 'succeeded')).toMatchObject({ attempt: 1 });
  });
});
