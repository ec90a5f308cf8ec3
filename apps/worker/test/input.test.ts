import { randomBytes } from 'node:crypto';
import { rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { MAX_PART_BYTES, PART_SHA256_HEADER } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { runWorker } from './run-worker.ts';
import { bytesOf, errorOf, requestFor, sha256, type WorkerClient } from './worker-client.ts';

async function open(client: WorkerClient, bytes: Uint8Array): Promise<string> {
  const request = requestFor(bytes);
  await client.post('/v1/tasks', request);
  return request.id;
}

const received = async (client: WorkerClient, id: string) => await (await client.fetch(`/v1/tasks/${id}/input`)).json();

describe('input', () => {
  it('arrives in parts of up to 8 MiB, and the last one starts the work', async () => {
    const { client } = await runWorker();
    const bytes = new Uint8Array(randomBytes(MAX_PART_BYTES + 1000));
    const id = await open(client, bytes);
    expect(await (await client.put(id, 0, bytes.slice(0, MAX_PART_BYTES))).json()).toEqual({ received: MAX_PART_BYTES, size: bytes.length });
    expect(await received(client, id)).toEqual({ received: MAX_PART_BYTES, size: bytes.length });
    expect((await client.task(id)).state).toBe('awaiting_input');
    expect((await client.put(id, MAX_PART_BYTES, bytes.slice(MAX_PART_BYTES))).status).toBe(200);
    expect(await client.untilState(id, 'succeeded')).toMatchObject({ received: bytes.length });
  });

  it('refuses a part of more than 8 MiB', async () => {
    const { client } = await runWorker();
    const bytes = new Uint8Array(MAX_PART_BYTES + 1);
    const id = await open(client, bytes);
    expect(await errorOf(await client.put(id, 0, bytes))).toMatchObject({ status: 413, code: 'payload_too_large' });
    expect(await received(client, id)).toMatchObject({ received: 0 });
  });

  it('refuses a wrong offset and says how many bytes have arrived', async () => {
    const { client } = await runWorker();
    const id = await open(client, bytesOf('0123456789'));
    await client.put(id, 0, bytesOf('0123'));
    for (const offset of [0, 3, 5]) {
      const error = await errorOf(await client.put(id, offset, bytesOf('45')));
      expect(error).toMatchObject({ status: 409, code: 'input_offset', message: expect.stringContaining('4 of 10 bytes have arrived') });
    }
  });

  it('stores nothing of a part that does not match its hash', async () => {
    const { client } = await runWorker();
    const id = await open(client, bytesOf('0123456789'));
    const bad = await client.put(id, 0, bytesOf('0123'), sha256(bytesOf('0124')));
    expect(await errorOf(bad)).toMatchObject({ status: 422, code: 'input_corrupt' });
    expect(await received(client, id)).toMatchObject({ received: 0 });
  });

  it('throws everything away when the whole does not match its hash, and takes it again', async () => {
    const { client, engine } = await runWorker();
    const right = bytesOf('0123456789');
    const id = await open(client, right);
    await client.put(id, 0, bytesOf('0123'));
    expect(await errorOf(await client.put(id, 4, bytesOf('wrong!')))).toMatchObject({ status: 422, code: 'input_corrupt' });
    expect(await client.task(id)).toMatchObject({ state: 'awaiting_input', received: 0 });
    expect(engine.begun).toHaveLength(0);
    expect((await client.put(id, 0, right)).status).toBe(200);
    await client.untilState(id, 'succeeded');
  });

  it('takes one of two parts that come for the same place at once', async () => {
    const { client } = await runWorker();
    const id = await open(client, bytesOf('0123456789'));
    const answers = await Promise.all([client.put(id, 0, bytesOf('01234')), client.put(id, 0, bytesOf('01234'))]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(await received(client, id)).toMatchObject({ received: 5 });
    expect((await client.put(id, 5, bytesOf('56789'))).status).toBe(200);
    await client.untilState(id, 'succeeded');
  });

  it('refuses a part beyond the end, an empty one, one without a hash, and one that is not bytes', async () => {
    const { client } = await runWorker();
    const id = await open(client, bytesOf('0123'));
    expect(await errorOf(await client.put(id, 0, bytesOf('01234')))).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(await errorOf(await client.put(id, 0, bytesOf('')))).toMatchObject({ status: 400, code: 'invalid_request' });
    const put = async (headers: Record<string, string>) =>
      await errorOf(await client.fetch(`/v1/tasks/${id}/input?offset=0`, { method: 'PUT', body: '"01"', headers }));
    expect(await put({ 'content-type': 'application/octet-stream' })).toMatchObject({ status: 400, field: PART_SHA256_HEADER });
    expect(await put({ 'content-type': 'application/json', [PART_SHA256_HEADER]: sha256(bytesOf('"01"')) })).toMatchObject({ status: 415 });
    expect(await received(client, id)).toMatchObject({ received: 0 });
  });

  it('takes no more input for a cancelled task, and says of a complete one that all has arrived', async () => {
    const { client } = await runWorker();
    const cancelled = await open(client, bytesOf('0123'));
    await client.post(`/v1/tasks/${cancelled}/cancel`, { attempt: 1 });
    expect(await errorOf(await client.put(cancelled, 0, bytesOf('01')))).toMatchObject({ code: 'conflict' });
    const complete = await client.submit(bytesOf('0123'));
    expect(await errorOf(await client.put(complete.id, 0, bytesOf('0123')))).toMatchObject({
      code: 'input_offset',
      message: expect.stringContaining('4 of 4 bytes'),
    });
  });

  it.runIf(process.platform === 'linux')('says so when the disk is full, and goes on once there is space', async () => {
    const { client, dataRoot } = await runWorker();
    const id = await open(client, bytesOf('0123'));
    // Writing to /dev/full fails with ENOSPC (full(4)).
    const input = path.join(dataRoot, 'tasks', id, 'input');
    await symlink('/dev/full', input);
    expect(await errorOf(await client.put(id, 0, bytesOf('01')))).toMatchObject({ status: 507, code: 'disk_full' });
    expect(await received(client, id)).toMatchObject({ received: 0 });
    await rm(input);
    expect((await client.put(id, 0, bytesOf('0123'))).status).toBe(200);
    await client.untilState(id, 'succeeded');
  });
});
