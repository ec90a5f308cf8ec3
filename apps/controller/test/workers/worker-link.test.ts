/** A ping that waits for news: the end of a worker is known with it, and not with the next question. */
import type { ServerResponse } from 'node:http';
import type { Ping } from '@bulk-transcribe/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import { RemoteWorker } from '../../src/remote/remote-worker.ts';
import { WorkerLink } from '../../src/workers/worker-link.ts';
import { quiet } from '../database/template.ts';
import { listen, marked, pingOf } from '../remote/foreign-server.ts';

/** A worker that holds each ping which waits for news, and counts those that do not. */
async function open() {
  const held: ServerResponse[] = [];
  const seen = { plain: 0 };
  const { url } = await listen((request, response) => {
    if (request.url?.includes('waitMs')) return void held.push(response);
    seen.plain++;
    tell(response);
  });
  const link = new WorkerLink(new RemoteWorker({ name: 'pod', url, token: 'token-of-the-pod' }), quiet, { network: { allowInsecure: false } });
  onTestFinished(() => link.close());
  const waiting = await vi.waitFor(
    () => {
      expect([link.ping?.accepting, held.length]).toEqual([true, 1]);
      return held[0] as ServerResponse;
    },
    { timeout: 90_000, interval: 20 },
  );
  return { link, waiting, seen, asked: seen.plain };
}

const tell = (response: ServerResponse, more: Partial<Ping> = {}): void => void response.writeHead(200, marked).end(JSON.stringify(pingOf(more)));

test.each<[string, (waiting: ServerResponse) => void, string]>([
  ['drains', (waiting) => tell(waiting, { state: 'draining', accepting: false, news: 1 }), 'takes nothing new; then it ends.'],
  ['ends itself', (waiting) => tell(waiting, { state: 'terminating', accepting: false, news: 1 }), 'The worker is ending.'],
  ['is terminated', (waiting) => void waiting.destroy(), 'does not come about, or breaks off.'],
])('that a worker %s is known by the ping that waits for it', async (_what, happen, message) => {
  const { link, waiting, seen, asked } = await open();
  let plainThen = -1;
  link.once('change', () => {
    plainThen = seen.plain;
  });
  happen(waiting);
  await vi.waitFor(() => expect(link.message).toContain(message), { timeout: 90_000, interval: 20 });
  expect(plainThen, 'asked again before it was known').toBe(asked);
});
