import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runWorker } from './run-worker.ts';
import { bytesOf, errorOf, newId, requestFor } from './worker-client.ts';

const json = { method: 'PUT', headers: { 'content-type': 'application/json' } };
const hanging = bytesOf('fake{hang-after=1}');

describe('tasks and attempts', () => {
  it('takes a task once, however often it is posted', async () => {
    const { client } = await runWorker();
    const request = requestFor(bytesOf('recording'));
    const [first, second] = [await client.post('/v1/tasks', request), await client.post('/v1/tasks', request)];
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(await second.json()).toEqual(await first.json());
  });

  it('refuses the same attempt with other content', async () => {
    const { client } = await runWorker();
    const request = requestFor(bytesOf('recording'));
    await client.post('/v1/tasks', request);
    const other = { ...request, options: { ...request.options, prompt: 'Names' } };
    expect(await errorOf(await client.post('/v1/tasks', other))).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('replaces a running attempt by a higher one that needs no second upload', async () => {
    const { client, engine } = await runWorker();
    const request = await client.submit(hanging);
    await client.until(request.id, (event) => event.type === 'window');
    const answer = await client.post('/v1/tasks', { ...request, attempt: 2 });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ attempt: 2, received: hanging.length });
    const { id: number, event } = await client.until(request.id, ({ type }) => type === 'window');
    expect(event).toMatchObject({ window: { index: 0 } });
    expect(number).toBeLessThan(10);
    expect(engine.aborted).toBe(1);
    await client.untilState(request.id, 'running');
    expect(engine.begun).toHaveLength(2);
  });

  it('takes finished windows over from attempt to attempt, but not where other options are asked for', async () => {
    const { client } = await runWorker();
    const request = await client.submit(hanging);
    await client.until(request.id, (event) => event.type === 'window');
    expect(await (await client.post('/v1/tasks', { ...request, attempt: 2 })).json()).toMatchObject({ windows: 1 });
    const other = { ...request, attempt: 3, options: { ...request.options, prompt: 'Names' } };
    expect(await (await client.post('/v1/tasks', other)).json()).toMatchObject({ windows: 0 });
  });

  it('waits for windows that were finished elsewhere, takes each once, and does not do them again', async () => {
    const { client, dataRoot } = await runWorker();
    const computed = path.join(dataRoot, 'computed');
    const bytes = bytesOf(`fake{windows=3,computed=${computed}}`);
    const request = await client.submit(bytes, { windows: 2 });
    expect(await client.task(request.id)).toMatchObject({ state: 'awaiting_input', received: bytes.length, windows: 0 });
    const window = (index: number) => ({ index, start: index * 5, end: index * 5 + 5, segments: [], warnings: [] });
    const send = async (attempt: number, indexes: number[]) => {
      const body = { attempt, windows: indexes.map(window) };
      return await client.fetch(`/v1/tasks/${request.id}/windows`, { ...json, body: JSON.stringify(body) });
    };
    expect(await errorOf(await send(1, [1]))).toMatchObject({ code: 'conflict', message: 'Window 1 came, but window 0 is the next one.' });
    expect(await errorOf(await send(2, [0]))).toMatchObject({ code: 'conflict' });
    expect(await (await send(1, [0])).json()).toMatchObject({ state: 'awaiting_input', windows: 1 });
    expect(await (await send(1, [0, 1])).json()).toMatchObject({ windows: 2 });
    await client.untilState(request.id, 'succeeded');
    expect(readFileSync(computed, 'utf8')).toBe('2\n');
  });

  it('throws the old bytes away when the higher attempt has another input', async () => {
    const { client } = await runWorker();
    const request = requestFor(bytesOf('one recording'));
    await client.post('/v1/tasks', request);
    await client.put(request.id, 0, bytesOf('one '));
    const other = requestFor(bytesOf('another recording'), { id: request.id, attempt: 2 });
    expect(await (await client.post('/v1/tasks', other)).json()).toMatchObject({ attempt: 2, state: 'awaiting_input', received: 0 });
    expect((await client.put(request.id, 0, bytesOf('another recording'))).status).toBe(200);
    expect(await client.untilState(request.id, 'succeeded')).toMatchObject({ attempt: 2 });
  });

  it('keeps the bytes of a half upload for a higher attempt of the same input', async () => {
    const { client } = await runWorker();
    const request = requestFor(bytesOf('one recording'));
    await client.post('/v1/tasks', request);
    await client.put(request.id, 0, bytesOf('one '));
    expect(await (await client.post('/v1/tasks', { ...request, attempt: 5 })).json()).toMatchObject({ attempt: 5, received: 4 });
    expect((await client.put(request.id, 4, bytesOf('recording'))).status).toBe(200);
    await client.untilState(request.id, 'succeeded');
  });

  it('tells a lower attempt that it is stale, on every route that names one', async () => {
    const { client } = await runWorker();
    const request = requestFor(bytesOf('recording'), { attempt: 3 });
    await client.post('/v1/tasks', request);
    for (const answer of [
      await client.post('/v1/tasks', { ...request, attempt: 2 }),
      await client.post(`/v1/tasks/${request.id}/cancel`, { attempt: 2 }),
      await client.post(`/v1/tasks/${request.id}/ack`, { attempt: 2 }),
    ]) {
      expect(await errorOf(answer)).toMatchObject({ status: 409, code: 'stale_attempt' });
    }
    expect(await errorOf(await client.post(`/v1/tasks/${request.id}/cancel`, { attempt: 4 }))).toMatchObject({ code: 'conflict' });
  });

  it('gives the result until it is acknowledged, and a repeated acknowledgement is fine', async () => {
    const { client, dataRoot } = await runWorker();
    const { id } = await client.submit(bytesOf('fake{windows=2,text=and_so}'));
    await client.untilState(id, 'succeeded');
    const result = await client.fetch(`/v1/tasks/${id}/result`);
    expect(await result.json()).toMatchObject({ version: 1, durationSec: 10, segments: [{ text: 'and so' }, { text: 'and so' }] });
    for (const _again of [1, 2]) expect((await client.post(`/v1/tasks/${id}/ack`, { attempt: 1 })).status).toBe(204);
    expect(await errorOf(await client.fetch(`/v1/tasks/${id}/result`))).toMatchObject({ status: 404, code: 'not_found' });
    expect(existsSync(path.join(dataRoot, 'tasks', id))).toBe(false);
  });

  it('has no result and takes no acknowledgement while a task is under way', async () => {
    const { client } = await runWorker();
    const { id } = await client.submit(hanging);
    await client.untilState(id, 'running');
    expect(await errorOf(await client.fetch(`/v1/tasks/${id}/result`))).toMatchObject({ status: 409, code: 'conflict' });
    expect(await errorOf(await client.post(`/v1/tasks/${id}/ack`, { attempt: 1 }))).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('answers 404 for a task it does not have', async () => {
    const { client } = await runWorker();
    const id = newId();
    for (const suffix of ['', '/input', '/events', '/result']) expect((await client.fetch(`/v1/tasks/${id}${suffix}`)).status).toBe(404);
    expect((await client.post(`/v1/tasks/${id}/cancel`, { attempt: 1 })).status).toBe(404);
    expect((await client.put(id, 0, bytesOf('x'))).status).toBe(404);
  });
});
