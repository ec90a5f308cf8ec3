/** Whatever may stand at the address of a worker. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type LifecycleReport, type Ping, WORKER_HEADER, WORKER_PROTOCOL } from '@bulk-transcribe/protocol';
import { onTestFinished } from 'vitest';

export const marked = { [WORKER_HEADER]: WORKER_PROTOCOL, 'content-type': 'application/json' };

export interface Foreign {
  readonly url: string;
  /** `authorization` of each request that came. */
  readonly tokens: (string | undefined)[];
  readonly userAgents: (string | undefined)[];
}

export async function listen(answer: RequestListener): Promise<Foreign> {
  const tokens: (string | undefined)[] = [];
  const userAgents: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    tokens.push(request.headers.authorization);
    userAgents.push(request.headers['user-agent']);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tokens, userAgents };
}

export const answering = (status: number, headers: Record<string, string>, body: unknown): Promise<Foreign> =>
  listen((_request, response) => void response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body)));

export const lifecycle: LifecycleReport = {
  ...{ state: 'idle', keptAliveBy: [], idleLeftMs: 42_000, endsAt: '2026-11-01T01:00:00Z', willEndBecause: 'idle', platform: 'pod', armed: true },
  ...{ notArmedBecause: '', lifetimeFrom: 'pod', volume: false, termination: null },
};

export const pingOf = (more: Partial<Ping> = {}): Ping => ({
  identity: { version: '1.2.3', gitCommit: 'c0ffee', buildTime: '2026-11-01T00:00:00Z' },
  instance: 'one',
  news: 0,
  state: 'idle',
  accepting: true,
  gpu: true,
  gpuName: 'NVIDIA A100',
  provider: 'cuda',
  threads: 4,
  models: [],
  preparing: [],
  diarization: true,
  slots: { total: 2, free: 1 },
  disk: { freeBytes: 1, totalBytes: 2 },
  lifecycle,
  ...more,
});

/** A worker as far as a ping goes. */
export const pinging = (more: Partial<Ping> = {}): Promise<Foreign> => answering(200, marked, pingOf(more));
