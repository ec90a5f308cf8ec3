/** What the worker asks a server of jobs, compared with the rows of RunPod's contracts. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { trySettings } from '@bulk-transcribe/service';
import { afterAll, beforeAll, expect } from 'vitest';
import { settingsTable } from '../../src/config.ts';
import { JobServer } from '../../src/pull/job-server.ts';
import { pullAddresses } from '../../src/pull/pull-settings.ts';

/** The request of a row. */
export interface Asked {
  readonly request?: { readonly url: string; readonly headers?: Record<string, string>; readonly bodyText?: string };
}

/** The pod of the rows. */
export const POD = '5kq2m8x7n1abcd';
export const never = new AbortController().signal;

export const settingsOf = (env: Record<string, string>) => trySettings(settingsTable, env, '/').settings;

export function jobServer(env: Record<string, string>): JobServer {
  const addresses = pullAddresses(settingsOf(env));
  if (!addresses) throw new Error('These variables name no server of jobs.');
  return new JobServer({ addresses, workerId: POD, userAgent: 'bulk-transcribe/0 (test)' });
}

/** A server for the tests of one file. It keeps what it is asked, and answers with the next of `answers`, else 200. */
export function askedServer() {
  let base = '';
  const calls: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const answers: (number | 'cut')[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      calls.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      const answer = answers.shift() ?? 200;
      if (answer === 'cut') request.socket.destroy();
      else response.writeHead(answer).end();
    });
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    calls,
    answers,
    /** The variables of today's workers. */
    today: (): Record<string, string> => ({
      RUNPOD_WEBHOOK_GET_JOB: `${base}/v2/ep1/job-take/$ID?t=1`,
      RUNPOD_WEBHOOK_POST_OUTPUT: `${base}/v2/ep1/job-done/$RUNPOD_POD_ID/$ID?t=1`,
      RUNPOD_WEBHOOK_POST_STREAM: `${base}/v2/ep1/job-stream/$RUNPOD_POD_ID/$ID?t=1`,
      RUNPOD_WEBHOOK_PING: `${base}/v2/ep1/ping/$RUNPOD_POD_ID?t=1`,
      RUNPOD_AI_API_KEY: 'ai-key',
      RUNPOD_POD_ID: POD,
    }),
    /** Those of the first pod workers. */
    early: (): Record<string, string> => ({
      WEBHOOK_GET_WORK: `${base}/job-take/$ID?t=1`,
      WEBHOOK_POST_OUTPUT: `${base}/job-done/$RUNPOD_POD_ID/$ID?t=1`,
      WEBHOOK_PING: `${base}/ping/$RUNPOD_POD_ID?t=1`,
      AI_API_KEY: 'ai-key',
    }),
    /** The last request is that of the row; User-Agent and what HTTP libraries add are our own. */
    expectAsked: ({ request }: Asked): void => {
      const call = calls.at(-1);
      const { pathname, search } = new URL(request?.url ?? '');
      expect(call?.url).toBe(pathname + search);
      for (const name of ['Authorization', 'charset', 'Content-Type', 'X-Request-ID']) {
        if (request?.headers?.[name]) expect(call?.headers[name.toLowerCase()]).toBe(request.headers[name]);
      }
      expect(call?.headers['user-agent']).toMatch(/^bulk-transcribe/);
      if (request?.bodyText) expect(JSON.parse(call?.body ?? '')).toEqual(JSON.parse(request.bodyText));
    },
  };
}
