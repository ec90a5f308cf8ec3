/** A server with jobs for a worker inside this process: hands out each once, holds the request of one who finds none, and keeps what it is told. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { JobOutput } from '@bulk-transcribe/protocol';
import { trySettings } from '@bulk-transcribe/service';
import { onTestFinished } from 'vitest';
import { settingsTable } from '../../src/config.ts';
import { type Clock, systemClock } from '../../src/life/clock.ts';
import { JobServer } from '../../src/pull/job-server.ts';
import { type PullAddresses, pullAddresses } from '../../src/pull/pull-settings.ts';
import type { JobParts } from '../../src/pull/run-job.ts';
import { type RunOptions, runWorker, temporaryFolder } from '../run-worker.ts';

export interface JobEnding {
  readonly output?: JobOutput;
  readonly error?: string;
}

interface PullOptions extends RunOptions {
  readonly bucket?: JobParts['bucket'];
  readonly settings?: Partial<JobParts['settings']>;
  readonly clock?: Clock;
}

/** Has a worker do this job. Resolves with its end, and the worker. */
export async function pullOne(job: { id: string; input?: object; s3Config?: object }, options: PullOptions = {}) {
  const waiting = [job];
  const ending = Promise.withResolvers<JobEnding>();
  const answer = async (url: string, body: string, response: ServerResponse): Promise<void> => {
    if (url.includes('/job-done/') && !body.includes('IN_PROGRESS')) ending.resolve(JSON.parse(body) as JobEnding);
    if (!url.includes('/job-take/')) return void response.end();
    const next = waiting.shift();
    if (next) response.setHeader('content-type', 'application/json').end(JSON.stringify(next));
  };
  const server = createServer((request, response) => void text(request).then((body) => answer(request.url ?? '', body, response)));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const worker = await runPuller(jobServerAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), options);
  return { ...worker, end: await ending.promise };
}

/** Where a worker at this address asks for jobs, and tells of them. */
function addressesAt(base: string): PullAddresses {
  const env = { RUNPOD_WEBHOOK_GET_JOB: `${base}/job-take/$ID?t=1`, RUNPOD_WEBHOOK_POST_OUTPUT: `${base}/job-done/$RUNPOD_POD_ID/$ID?t=1` };
  const addresses = pullAddresses(trySettings(settingsTable, env, '/').settings);
  if (!addresses) throw new Error('There is nothing to pull from.');
  return addresses;
}

const jobServerAt = (base: string): JobServer => new JobServer({ addresses: addressesAt(base), workerId: 'worker-1', userAgent: 'test' });

/** Never answers, until it is given up. */
export const forever = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

/** A server that is not asked over HTTP: it says what `script` says, and has nothing to stop. */
export function scriptedServer(script: Partial<Pick<JobServer, 'take' | 'stop' | 'post' | 'ping'>>): JobServer {
  return Object.assign(jobServerAt('http://127.0.0.1:9'), {
    take: (_want, _has, signal) => forever(signal),
    stop: forever,
    post: async () => 200,
    ...script,
  } satisfies typeof script);
}

/** A worker that pulls from `server`. */
export async function runPuller(server: JobServer, { bucket = null, settings = {}, clock = systemClock, dataRoot, ...options }: PullOptions = {}) {
  const root = dataRoot ?? (await temporaryFolder());
  const model = options.model ?? 'moonshine-tiny-en';
  const pull = {
    server,
    bucket,
    clock,
    workerId: 'worker-1',
    settings: { dataRoot: root, model, allowInsecureAudio: false, maxAudioBytes: 1_000_000, maxResultBytes: 1_000_000, ...settings },
  };
  return await runWorker({ dataRoot: root, ...options, pull });
}

export const scripted = (script: string) => ({ audio_base64: Buffer.from(`fake{${script}}`).toString('base64') });
