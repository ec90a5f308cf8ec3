import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError, defaultOptions, toErrorBody, WORKER_HEADER, WORKER_PROTOCOL, type WorkerTask } from '@bulk-transcribe/protocol';
import { taskToken } from '@bulk-transcribe/service';
import { expect, onTestFinished, test } from 'vitest';
import { WorkerClient } from '../../src/workers/worker-client.ts';

const TOKEN = 'a-token-that-only-two-know';
const ID = '0193e7a0-0000-7000-8000-000000000000';
const never = new AbortController().signal;
const marked = { [WORKER_HEADER]: WORKER_PROTOCOL };

/** A client of whatever stands at the other end. */
async function clientOf(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  limits?: { eventStreamMs: number },
): Promise<WorkerClient> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const client = new WorkerClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: TOKEN }, limits);
  onTestFinished(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return client;
}

const answerWith = (status: number, headers: Record<string, string>, body: unknown) => (_request: IncomingMessage, response: ServerResponse) =>
  void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));

test('an answer without the marker is not a worker, whatever its status', async () => {
  for (const [status, code] of [
    [200, 'worker_protocol'],
    [404, 'worker_unavailable'],
    [502, 'worker_unavailable'],
  ] as const) {
    const client = await clientOf(answerWith(status, {}, '<html>proxy</html>'));
    await expect(client.ping(never)).rejects.toMatchObject({
      code,
      message: `What answers there (status ${status}) is not a worker.`,
    });
  }
});

test('a worker of another version of the protocol is refused', async () => {
  const client = await clientOf(answerWith(200, { [WORKER_HEADER]: '99' }, {}));
  await expect(client.ping(never)).rejects.toMatchObject({ code: 'worker_protocol', message: expect.stringContaining('version 99') });
});

test("a worker's error comes back as the same error here", async () => {
  const error = new AppError('stale_attempt', 'Attempt 1 has been replaced by attempt 2.');
  const client = await clientOf(answerWith(409, marked, toErrorBody(error)));
  await expect(client.cancel({ taskId: ID, attempt: 1 }, never)).rejects.toMatchObject({ code: error.code, message: error.message });
});

test('a worker that knows less than a task asks for is of another version', async () => {
  const error = new AppError('invalid_request', 'The field work is not known.');
  const client = await clientOf(answerWith(400, marked, toErrorBody(error)));
  const input = { name: 'interview.mp3', size: 1, sha256: '0'.repeat(64) };
  await expect(client.sendTask({ id: ID, attempt: 1, options: defaultOptions, work: 'speakers', input, windows: 0 })).rejects.toMatchObject({
    code: 'worker_protocol',
    message: expect.stringContaining('another version: The field work is not known.'),
  });
});

test('an answer of another shape is not believed', async () => {
  const client = await clientOf(answerWith(200, marked, { id: ID, attempt: 'first' }));
  await expect(client.inputReceived(ID, never)).rejects.toMatchObject({ code: 'worker_protocol' });
});

test('nobody there means worker_unavailable, and a call broken off by its caller keeps the reason', async () => {
  const client = new WorkerClient({ url: 'http://127.0.0.1:1', token: TOKEN });
  onTestFinished(() => client.close());
  await expect(client.ping(never)).rejects.toMatchObject({ code: 'worker_unavailable' });
  await expect(client.ping(AbortSignal.abort(new Error('no longer wanted')))).rejects.toThrow('no longer wanted');
});

test('a token travels in its header only, and a task has one of its own', async () => {
  const requests: IncomingMessage[] = [];
  const client = await clientOf((request, response) => {
    requests.push(request);
    answerWith(204, marked, '')(request, response);
  });
  await client.acknowledge({ taskId: ID, attempt: 1 }, never);
  await client.hold(1, never).catch(() => undefined);
  expect(requests.map(({ url, headers }) => ({ url, authorization: headers.authorization }))).toEqual([
    { url: `/v1/tasks/${ID}/ack`, authorization: `Bearer ${taskToken(TOKEN, ID)}` },
    { url: '/v1/hold', authorization: `Bearer ${TOKEN}` },
  ]);
});

const status = (state: WorkerTask['state']) => ({
  type: 'status',
  task: { id: ID, attempt: 1, state, received: 1, size: 1, windows: 0, stage: null, progress: { doneSec: 0, totalSec: null }, error: null },
});

test('events carry their numbers, a reader resumes after the last it saw, and a cut stream is worker_unavailable', async () => {
  const asked: unknown[] = [];
  const client = await clientOf((request, response) => {
    asked.push(request.headers['last-event-id']);
    response.writeHead(200, { ...marked, 'content-type': 'text/event-stream' });
    response.write(`: hello\n\nid: 7\ndata: ${JSON.stringify(status('running'))}\n\n`, () => response.destroy());
  });
  const seen: number[] = [];
  const reading = (async () => {
    for await (const { id } of client.events(ID, 6, never)) seen.push(id);
  })();
  await expect(reading).rejects.toMatchObject({ code: 'worker_unavailable' });
  expect({ seen, asked }).toEqual({ seen: [7], asked: ['6'] });
});

test('an event stream ends by itself before a proxy would cut it, without an error', async () => {
  const client = await clientOf(
    (_request, response) => {
      response.writeHead(200, { ...marked, 'content-type': 'text/event-stream' });
      response.write(`id: 1\ndata: ${JSON.stringify(status('running'))}\n\n`);
    },
    { eventStreamMs: 2_000 },
  );
  const events = await Array.fromAsync(client.events(ID, 0, never));
  expect(events.map(({ id }) => id)).toEqual([1]);
});
