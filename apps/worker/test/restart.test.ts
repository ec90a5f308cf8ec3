/** What an ended process leaves behind is there for the next one: real processes, ended by kill -9. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { kill, spawnWorker, temporaryFolder } from './run-worker.ts';
import { bytesOf, requestFor, type SseMessage } from './worker-client.ts';

const endless = bytesOf('fake{windows=3,hang-after=2,times=1}');

/** A worker that was killed when six of ten bytes had arrived. */
async function killedHalfWay() {
  const dataRoot = await temporaryFolder();
  const { client, child } = await spawnWorker(dataRoot);
  const bytes = bytesOf('0123456789');
  const request = requestFor(bytes);
  await client.post('/v1/tasks', request);
  await client.put(request.id, 0, bytes.slice(0, 6));
  await kill(child);
  return { dataRoot, bytes, request };
}

describe('after kill -9', () => {
  it('a half input goes on at its byte', async () => {
    const { dataRoot, bytes, request } = await killedHalfWay();

    const { client } = await spawnWorker(dataRoot);
    expect(await (await client.fetch(`/v1/tasks/${request.id}/input`)).json()).toEqual({ received: 6, size: 10 });
    expect((await client.put(request.id, 6, bytes.slice(6))).status).toBe(200);
    await client.untilState(request.id, 'succeeded');
  });

  it('a running and a queued task are done in their old order, behind what was finished, and the events go on above the old numbers', async () => {
    const dataRoot = await temporaryFolder();
    const gate = path.join(await temporaryFolder(), 'go');
    const before = await spawnWorker(dataRoot);
    const computed = `${gate}-computed`;
    const running = await before.client.submit(bytesOf(`fake{windows=3,wait-for=${gate},computed=${computed}}`));
    const seen = await before.client.until(running.id, ({ type }) => type === 'window');
    const queued = await before.client.submit(bytesOf('queued'));
    await kill(before.child);
    await writeFile(gate, '');

    const { client } = await spawnWorker(dataRoot);
    await client.untilState(queued.id, 'succeeded');
    const replay: SseMessage[] = [];
    for await (const message of client.events(running.id, seen.id)) replay.push(message);
    expect(replay.flatMap(({ event }) => (event.type === 'window' ? [event.window.index] : []))).toEqual([1, 2]);
    expect(await readFile(computed, 'utf8')).toBe('0\n1\n2\n');
    expect(replay.every(({ id }) => id > seen.id)).toBe(true);
    expect(replay.at(-1)?.event).toMatchObject({ type: 'status', task: { state: 'succeeded', attempt: 1 } });
    // From the beginning each window is told once.
    const whole: SseMessage[] = [];
    for await (const message of client.events(running.id)) whole.push(message);
    expect(whole.filter(({ event }) => event.type === 'window')).toHaveLength(3);
  });

  it('a result that was not acknowledged is still there, events included', async () => {
    const dataRoot = await temporaryFolder();
    const before = await spawnWorker(dataRoot);
    const { id } = await before.client.submit(bytesOf('recording'));
    await before.client.untilState(id, 'succeeded');
    const result = await (await before.client.fetch(`/v1/tasks/${id}/result`)).json();
    await kill(before.child);

    const { client } = await spawnWorker(dataRoot);
    expect(await (await client.fetch(`/v1/tasks/${id}/result`)).json()).toEqual(result);
    expect(await client.task(id)).toMatchObject({ state: 'succeeded', progress: { doneSec: 10, totalSec: 10 } });
    expect((await client.until(id, ({ type }) => type === 'window')).event).toMatchObject({ window: { index: 0 } });
    expect((await client.post(`/v1/tasks/${id}/ack`, { attempt: 1 })).status).toBe(204);
    expect((await client.fetch(`/v1/tasks/${id}`)).status).toBe(404);
  });

  it('a failed task stays failed and a cancelled one cancelled', async () => {
    const dataRoot = await temporaryFolder();
    const before = await spawnWorker(dataRoot);
    const failed = await before.client.submit(bytesOf('fake{fail=media_unreadable}'));
    await before.client.untilState(failed.id, 'failed');
    const cancelled = await before.client.submit(endless);
    await before.client.until(cancelled.id, ({ type }) => type === 'window');
    await before.client.post(`/v1/tasks/${cancelled.id}/cancel`, { attempt: 1 });
    await kill(before.child);

    const { client } = await spawnWorker(dataRoot);
    expect(await client.task(failed.id)).toMatchObject({ state: 'failed', error: { code: 'media_unreadable' } });
    expect(await client.task(cancelled.id)).toMatchObject({ state: 'cancelled' });
  });

  it('bytes that the disk has lost or changed are found out before the engine sees them', async () => {
    const { dataRoot, bytes, request } = await killedHalfWay();
    await writeFile(path.join(dataRoot, 'tasks', request.id, 'input'), '012xxx');

    const { client } = await spawnWorker(dataRoot);
    expect((await client.put(request.id, 6, bytes.slice(6))).status).toBe(422);
    expect(await client.task(request.id)).toMatchObject({ state: 'awaiting_input', received: 0 });
    expect((await client.put(request.id, 0, bytes)).status).toBe(200);
    await client.untilState(request.id, 'succeeded');
  });

  it('a line that was cut short, a folder without a record and a strange file do no harm', async () => {
    const dataRoot = await temporaryFolder();
    const before = await spawnWorker(dataRoot);
    const { id } = await before.client.submit(endless);
    const seen = await before.client.until(id, (event) => event.type === 'window' && event.window.index === 1);
    await kill(before.child);
    await writeFile(path.join(dataRoot, 'tasks', id, 'events.1.jsonl'), '{"id":99,"ev', { flag: 'a' });
    await writeFile(path.join(dataRoot, 'tasks', 'notes.txt'), 'mine');

    const { client } = await spawnWorker(dataRoot);
    const { id: next } = await client.until(id, (event) => event.type === 'status' && event.task.state === 'running');
    expect(next).toBeGreaterThan(seen.id);
    expect(await client.task(id)).toMatchObject({ windows: 2 });
    await client.post(`/v1/tasks/${id}/cancel`, { attempt: 1 });
  });
});
