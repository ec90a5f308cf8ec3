import { describe, expect, it } from 'vitest';
import { runWorker } from './run-worker.ts';
import { bytesOf, errorOf, type SseMessage, type WorkerClient } from './worker-client.ts';

async function collect(client: WorkerClient, id: string, after?: number): Promise<SseMessage[]> {
  const messages: SseMessage[] = [];
  for await (const message of client.events(id, after)) messages.push(message);
  return messages;
}

const windows = (messages: readonly SseMessage[]) => messages.flatMap(({ event }) => (event.type === 'window' ? [event.window.index] : []));
const states = (messages: readonly SseMessage[]) => messages.flatMap(({ event }) => (event.type === 'status' ? [event.task.state] : []));

describe('events', () => {
  it('tell a task from its queue to its end, under numbers that only grow, and then end', async () => {
    const { client } = await runWorker();
    const { id } = await client.submit(bytesOf('fake{windows=3,step-ms=5}'));
    const messages = await collect(client, id);
    expect(windows(messages)).toEqual([0, 1, 2]);
    expect(new Set(states(messages))).toEqual(new Set(['queued', 'running', 'succeeded']));
    expect(states(messages).at(-1)).toBe('succeeded');
    const numbers = messages.map((message) => message.id);
    expect(numbers).toEqual(numbers.map((_number, index) => (numbers[0] ?? 0) + index));
  });

  it('replay exactly what comes after Last-Event-ID', async () => {
    const { client } = await runWorker();
    const { id } = await client.submit(bytesOf('fake{windows=4}'));
    const all = await collect(client, id);
    for (const after of [0, all[3]?.id ?? 0, all.at(-2)?.id ?? 0]) {
      expect(await collect(client, id, after)).toEqual(all.filter((message) => message.id > after));
    }
    expect(await collect(client, id, all.at(-1)?.id)).toEqual([]);
  });

  it('join a replay to what happens live, without a gap or a double', async () => {
    const { client } = await runWorker();
    const { id } = await client.submit(bytesOf('fake{windows=40,step-ms=2}'));
    const seen: SseMessage[] = [];
    for (let connections = 0; states(seen).at(-1) !== 'succeeded'; connections++) {
      expect(connections).toBeLessThan(100);
      let taken = 0;
      for await (const message of client.events(id, seen.at(-1)?.id)) {
        seen.push(message);
        if (++taken === 7) break;
      }
    }
    expect(windows(seen)).toEqual(Array.from({ length: 40 }, (_item, index) => index));
    expect(new Set(seen.map((message) => message.id)).size).toBe(seen.length);
  });

  it('come again from the start for a number that this worker never gave', async () => {
    const { client } = await runWorker();
    const { id } = await client.submit(bytesOf('recording'));
    const all = await collect(client, id);
    expect(await collect(client, id, 1_000_000)).toEqual(all);
  });

  it('refuse a Last-Event-ID that is no number', async () => {
    const { client } = await runWorker();
    const { id } = await client.submit(bytesOf('recording'));
    const answer = await client.fetch(`/v1/tasks/${id}/events`, { headers: { 'last-event-id': 'abc' } });
    expect(await errorOf(answer)).toMatchObject({ status: 400, code: 'invalid_request', field: 'last-event-id' });
  });

  it('end for everyone who listens when a higher attempt replaces the task, and when the worker stops', async () => {
    const { app, client } = await runWorker();
    const request = await client.submit(bytesOf('fake{hang-after=1}'));
    const listeners = [collect(client, request.id), collect(client, request.id)];
    await client.until(request.id, ({ type }) => type === 'window');
    await client.post('/v1/tasks', { ...request, attempt: 2 });
    for (const messages of await Promise.all(listeners)) expect(states(messages).at(-1)).not.toBe('succeeded');
    const last = collect(client, request.id);
    await client.until(request.id, ({ type }) => type === 'window');
    await app.close();
    expect(states(await last).at(-1)).toBe('queued');
  });
});
