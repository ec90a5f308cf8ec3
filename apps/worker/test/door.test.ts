import { once } from 'node:events';
import { connect } from 'node:net';
import { MAX_PART_BYTES, type Ping, WORKER_HEADER, WORKER_PROTOCOL } from '@bulk-transcribe/protocol';
import { taskToken } from '@bulk-transcribe/service';
import { describe, expect, it } from 'vitest';
import { runWorker } from './run-worker.ts';
import { bytesOf, errorOf, newId, requestFor, TOKEN, WorkerClient } from './worker-client.ts';

describe('the door', () => {
  it('tells without a token that it lives', async () => {
    const { client } = await runWorker();
    const answer = await fetch(`${client.url}/health`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ status: 'ok', state: 'idle', accepting: true, message: '', lifecycle: { state: 'idle' } });
  });

  it.each([
    ['no token', {}],
    ['a wrong token', { authorization: 'Bearer test-token-0123456780' }],
    ['the token in another scheme', { authorization: 'Basic test-token-0123456789' }],
  ])('answers 401 to %s on every route but /health', async (_name, headers) => {
    const { client } = await runWorker();
    const id = newId();
    for (const [method, path] of [
      ['GET', '/v1/ping'],
      ['POST', '/v1/tasks'],
      ['GET', `/v1/tasks/${id}`],
      ['GET', `/v1/tasks/${id}/input`],
      ['PUT', `/v1/tasks/${id}/input?offset=0`],
      ['GET', `/v1/tasks/${id}/events`],
      ['GET', `/v1/tasks/${id}/result`],
      ['POST', `/v1/tasks/${id}/ack`],
      ['POST', `/v1/tasks/${id}/cancel`],
      ['POST', '/v1/hold'],
      ['POST', '/v1/drain'],
    ] as const) {
      const answer = await fetch(`${client.url}${path}`, { method, headers });
      expect(await errorOf(answer), `${method} ${path}`).toMatchObject({ status: 401, code: 'unauthorized' });
    }
  });

  it("lets a task's own token touch that task, and nothing else", async () => {
    const { client } = await runWorker();
    const [mine, other] = [await client.submit(bytesOf('mine')), await client.submit(bytesOf('other'))];
    const bearer = new WorkerClient(client.url, taskToken(TOKEN, mine.id));
    const status = async (path: string) => (await bearer.fetch(path)).status;
    expect([await status(`/v1/tasks/${mine.id}`), await status(`/v1/tasks/${mine.id}/input`)]).toEqual([200, 200]);
    for (const path of [`/v1/tasks/${other.id}`, `/v1/tasks/${other.id}/result`, '/v1/ping']) expect(await status(path), path).toBe(401);
    expect((await bearer.post('/v1/tasks', requestFor(bytesOf('x')))).status).toBe(401);
    expect((await bearer.post('/v1/drain', {})).status).toBe(401);
    expect(await client.fetch(`/v1/tasks/${mine.id}`)).toMatchObject({ status: 200 });
  });

  it('starts without a token, says why it takes no work, and refuses every token', async () => {
    const { client } = await runWorker({ token: '' });
    const health = await (await fetch(`${client.url}/health`)).json();
    expect(health).toMatchObject({ status: 'failed', accepting: false, message: expect.stringContaining('WORKER_TOKEN is not set') });
    expect(await errorOf(await client.fetch('/v1/ping'))).toMatchObject({ status: 503, message: expect.stringContaining('WORKER_TOKEN') });
  });

  it('marks every answer: 200, 401, 404, 413, an undecodable address, an event stream', async () => {
    const { client } = await runWorker();
    const task = await client.submit(bytesOf('recording'));
    const tooLarge = client.put(task.id, 0, new Uint8Array(MAX_PART_BYTES + 1));
    const answers = await Promise.all([
      client.fetch('/health'),
      new WorkerClient(client.url, 'wrong').fetch('/v1/ping'),
      client.fetch('/nowhere'),
      client.fetch('/v1/%zz'),
      client.fetch(`/v1/tasks/${task.id}/events`),
      tooLarge,
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 404, 400, 200, 413]);
    expect(answers.map(({ headers }) => headers.get(WORKER_HEADER))).toEqual(answers.map(() => WORKER_PROTOCOL));
    expect(answers.every(({ headers }) => headers.get('x-request-id') || headers.get('content-type')?.includes('json'))).toBe(true);
  });

  it('marks its answer to what is not HTTP', async () => {
    const { client } = await runWorker();
    const socket = connect(Number(new URL(client.url).port), '127.0.0.1');
    socket.end('no http at all\r\n\r\n');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'close');
    const answer = Buffer.concat(chunks).toString();
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain(`${WORKER_HEADER}: ${WORKER_PROTOCOL}`);
    expect(answer).toContain('"code":"invalid_request"');
  });

  it('keeps the request id of its client, unless it could harm a log line', async () => {
    const { client } = await runWorker();
    const given = await client.fetch('/v1/ping', { headers: { 'x-request-id': 'job-7.part-3' } });
    expect(given.headers.get('x-request-id')).toBe('job-7.part-3');
    const harmful = await client.fetch('/v1/ping', { headers: { 'x-request-id': 'a b "c"' } });
    expect(harmful.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('pings with what the engine really is', async () => {
    const { client } = await runWorker();
    const ping = (await (await client.fetch('/v1/ping')).json()) as Ping;
    expect(ping).toMatchObject({
      identity: { gitCommit: 'test' },
      state: 'idle',
      accepting: true,
      gpu: false,
      gpuName: null,
      provider: 'cpu',
      threads: 1,
      models: [{ id: 'moonshine-tiny-en' }],
      slots: { total: 1, free: 1 },
    });
    expect(ping.disk.freeBytes).toBeGreaterThan(0);
    expect(ping.disk.totalBytes).toBeGreaterThanOrEqual(ping.disk.freeBytes);
  });

  it('never makes a path of an id', async () => {
    const { client } = await runWorker();
    const before = requestFor(bytesOf('x'));
    for (const id of ['..%2F..%2Fetc', '.', 'task.json', newId().toUpperCase().replace('019AA9A0', '019AA9AF')]) {
      expect((await client.fetch(`/v1/tasks/${id}`)).status, id).toBeGreaterThanOrEqual(400);
      expect(await errorOf(await client.post('/v1/tasks', { ...before, id }))).toMatchObject({ code: 'invalid_request', field: 'id' });
    }
  });

  it('names the field of a task that is wrong, and takes no unknown one', async () => {
    const { client } = await runWorker();
    const request = requestFor(bytesOf('x'));
    const post = async (body: unknown) => await errorOf(await client.post('/v1/tasks', body));
    expect(await post({ ...request, attempt: 0 })).toMatchObject({ status: 400, field: 'attempt' });
    expect(await post({ ...request, attempt: '1' })).toMatchObject({ status: 400, field: 'attempt' });
    expect(await post({ ...request, input: { ...request.input, sha256: 'abc' } })).toMatchObject({ field: 'input.sha256' });
    expect(await post({ ...request, extra: 1 })).toMatchObject({ status: 400, field: 'extra' });
    expect(await errorOf(await client.fetch('/v1/tasks', { method: 'POST', body: 'text', headers: { 'content-type': 'text/plain' } }))).toMatchObject(
      {
        status: 415,
        code: 'unsupported_media_type',
      },
    );
  });
});
