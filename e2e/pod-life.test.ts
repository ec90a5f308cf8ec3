/** The life of a pod in real time: whole worker processes, and RunPod's interface on a local port. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { sampleRecording } from '@bulk-transcribe/sample';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bytesOf, errorOf, requestFor, WorkerClient } from '../apps/worker/test/worker-client.ts';
import { openBucket } from '../packages/bucket/src/index.ts';
import { S3Server, s3Keys } from '../packages/bucket/test/s3-server.ts';
import { isBuilt } from '../scripts/setup/build.mjs';
import type { FakeRunpod } from './fake-runpod.ts';
import { KEY, npmRunWorker, POD, PodWorker, podEnvironment, realEntry, startRunpod, TOKEN } from './pod-worker.ts';

/** How late an end may be, milliseconds, on a machine that has other things to do. */
const LATE_MS = 2_000;

async function startWorker(...given: Parameters<typeof PodWorker.start>): Promise<PodWorker> {
  const worker = await PodWorker.start(...given);
  onTestFinished(() => worker.remove());
  return worker;
}

async function startApi(): Promise<FakeRunpod> {
  const runpod = await startRunpod();
  onTestFinished(() => runpod.close());
  return runpod;
}

const clientOf = async (worker: PodWorker) => new WorkerClient(await worker.url(), TOKEN);
const acknowledge = async (client: WorkerClient, id: string) => await client.post(`/v1/tasks/${id}/ack`, { attempt: 1 });

describe('a pod', () => {
  it('started by `npm run worker` deletes itself after its last work, and its process stays until it is stopped', async () => {
    expect(isBuilt(), 'What lies in dist is older than its sources: run `pnpm build`.').toBe(true);
    const runpod = await startApi();
    // However long this test takes to send its task: the time runs from the first call on.
    const patience = { FIRST_CONTACT_TIME: '60000' };
    const worker = await startWorker({ ...podEnvironment(runpod), ...patience, TERMINATE_IDLE_TIME: '3000' }, npmRunWorker);
    expect(await worker.said(/^armed/)).toBeDefined();
    const client = await clientOf(worker);
    await worker.said(/^the worker is idle/);
    const { id } = await client.submit(new Uint8Array(await readFile(sampleRecording.path)));
    await client.untilState(id, 'succeeded');
    expect(runpod.attempts).toEqual([]);
    const releasedAt = Date.now();
    await acknowledge(client, id);
    await runpod.until(() => runpod.attempts.length > 0);
    const [call] = runpod.attempts;
    expect(call).toMatchObject({ method: 'DELETE', url: `/v2/pods/${POD}`, headers: { 'user-agent': expect.stringMatching(/^bulk-transcribe\//) } });
    const idleForMs = (call?.at ?? 0) - releasedAt;
    expect(idleForMs).toBeGreaterThanOrEqual(2_990);
    expect(idleForMs).toBeLessThan(3_000 + LATE_MS);
    await worker.said(/^accepted/);
    expect(await worker.health()).toMatchObject({
      state: 'terminating',
      accepting: false,
      lifecycle: { willEndBecause: 'idle', armed: true, termination: { acceptedAt: expect.any(String), alarm: false } },
    });
    expect(worker.isAlive).toBe(true);
    expect(JSON.stringify(worker.lines)).not.toContain(KEY);
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
  });

  it('does not delete itself while a task runs, nor before its result is fetched; its time counts from then', async () => {
    const runpod = await startApi();
    const worker = await startWorker({ ...podEnvironment(runpod), TERMINATE_IDLE_TIME: '1000' });
    const client = await clientOf(worker);
    await worker.said(/^the worker is idle/);
    const { id } = await client.submit(bytesOf('fake{windows=3,step-ms=800}'));
    await client.untilState(id, 'succeeded');
    expect(await worker.health()).toMatchObject({ state: 'idle', lifecycle: { keptAliveBy: ['results'], idleLeftMs: null } });
    expect(runpod.attempts).toEqual([]);
    const released = Date.now();
    expect((await acknowledge(client, id)).status).toBe(204);
    await runpod.until(() => runpod.attempts.length > 0);
    const waitedMs = (runpod.attempts[0]?.at ?? 0) - released;
    expect(waitedMs).toBeGreaterThanOrEqual(990);
    expect(waitedMs).toBeLessThan(1_000 + LATE_MS);
  });

  it('whose task takes too long reports that first, and ends once it was heard', async () => {
    const runpod = await startApi();
    const worker = await startWorker({ ...podEnvironment(runpod), EXECUTION_TIMEOUT: '1000' });
    const client = await clientOf(worker);
    await worker.said(/^the worker is idle/);
    const { id } = await client.submit(bytesOf('fake{hang-after=1}'));
    const task = await client.untilState(id, 'failed');
    expect(task.error).toMatchObject({ code: 'execution_timeout', hint: expect.stringContaining('EXECUTION_TIMEOUT') });
    expect(runpod.attempts).toEqual([]);
    await worker.said(/^the worker is draining/);
    expect(await worker.health()).toMatchObject({ state: 'draining', lifecycle: { willEndBecause: 'execution_timeout' } });
    await acknowledge(client, id);
    await runpod.until(() => runpod.statusOf(POD) === null);
  });

  it('whose RunPod cannot be reached goes on trying, and takes no work meanwhile', async () => {
    const runpod = await startApi();
    runpod.always({ hangUp: true });
    const worker = await startWorker({ ...podEnvironment(runpod), TERMINATE_IDLE_TIME: '500' });
    const client = await clientOf(worker);
    await runpod.until(() => runpod.attempts.length >= 2);
    expect(await errorOf(await client.post('/v1/tasks', requestFor(bytesOf('x'))))).toMatchObject({ status: 503, code: 'shutting_down' });
    expect(await errorOf(await client.post('/v1/hold', { ms: 1_000 }))).toMatchObject({ status: 503, code: 'shutting_down' });
    expect(await worker.health()).toMatchObject({
      accepting: false,
      lifecycle: { termination: { acceptedAt: null, lastAnswer: expect.stringContaining('DELETE') } },
    });
    runpod.always(null);
    await runpod.until(() => runpod.statusOf(POD) === null);
    expect(worker.isAlive).toBe(true);
  });

  it('whose key is wrong uses the second one', async () => {
    const runpod = await startApi();
    runpod.addPod('another', ['rpa_OF_ANOTHER_POD']);
    const keys = { RUNPOD_API_KEY: 'rpa_OF_ANOTHER_POD', RUNPOD_TERMINATE_API_KEY: KEY };
    await startWorker({ ...podEnvironment(runpod), ...keys, TERMINATE_IDLE_TIME: '500' });
    await runpod.until(() => runpod.statusOf(POD) === null);
    expect(runpod.attempts.map(({ method, headers }) => `${method} ${headers.authorization}`)).toEqual([
      'DELETE Bearer rpa_OF_ANOTHER_POD',
      `DELETE Bearer ${KEY}`,
    ]);
  });

  it('that is refused by all stays alive, says so, and goes round again', async () => {
    const runpod = await startApi();
    runpod.always({ status: 403, body: { title: 'Forbidden', status: 403, detail: 'access denied' } });
    const worker = await startWorker({ ...podEnvironment(runpod), TERMINATE_IDLE_TIME: '500' });
    await runpod.until(() => runpod.attempts.length >= 7);
    expect(runpod.attempts.slice(0, 4).map(({ method, url }) => `${method} ${url}`)).toEqual([
      `DELETE /v2/pods/${POD}`,
      `POST /v2/pods/${POD}/action`,
      'POST /graphql',
      `DELETE /v2/pods/${POD}`,
    ]);
    expect(worker.isAlive).toBe(true);
    expect(await worker.health()).toMatchObject({
      state: 'terminating',
      lifecycle: { termination: { acceptedAt: null, lastAnswer: expect.stringContaining('403') } },
    });
  });

  it('with a wrong setting stays, says so, and ends by its idle time', async () => {
    const runpod = await startApi();
    const worker = await startWorker({ ...podEnvironment(runpod), EXECUTION_TIMEOUT: '5m', TERMINATE_IDLE_TIME: '2000' });
    expect(await worker.health()).toMatchObject({
      status: 'failed',
      accepting: false,
      message: expect.stringContaining('EXECUTION_TIMEOUT is "5m"'),
    });
    await runpod.until(() => runpod.statusOf(POD) === null);
    expect(worker.isAlive).toBe(true);
  });

  it('whose engine cannot be loaded stays, says why, and ends by its idle time', async () => {
    const runpod = await startApi();
    const worker = await startWorker({ ...podEnvironment(runpod), MODEL: 'no-such-model', TERMINATE_IDLE_TIME: '2000' });
    await worker.said(/^the engine could not be loaded/);
    expect(await worker.health()).toMatchObject({
      status: 'failed',
      state: 'booting',
      accepting: false,
      message: expect.stringContaining('no-such-model'),
    });
    await runpod.until(() => runpod.statusOf(POD) === null);
    expect(worker.isAlive).toBe(true);
  });

  it('that meets an error nobody foresaw takes no more work, says so, and ends by its idle time', async () => {
    const runpod = await startApi();
    const trouble = 'data:text/javascript,setTimeout(()=>{throw%20new%20Error("boom")},800)';
    const worker = await startWorker({ ...podEnvironment(runpod), NODE_OPTIONS: `--import=${trouble}`, TERMINATE_IDLE_TIME: '2000' });
    expect(await worker.said(/^an error that nobody foresaw/)).toMatchObject({ level: 'fatal' });
    expect(await worker.health()).toMatchObject({ status: 'failed', accepting: false });
    await runpod.until(() => runpod.statusOf(POD) === null);
    expect(worker.isAlive).toBe(true);
  });

  it('that cannot even listen ends by its idle time', async () => {
    const runpod = await startApi();
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const worker = await startWorker({ ...podEnvironment(runpod), PORT: String(port), TERMINATE_IDLE_TIME: '500' });
    await worker.said(/is in use/);
    await runpod.until(() => runpod.statusOf(POD) === null);
    expect(worker.isAlive).toBe(true);
  });

  it('whose deadline is over deletes itself before it does anything else', async () => {
    const runpod = await startApi();
    const worker = await startWorker({ ...podEnvironment(runpod), HARD_DEADLINE_EPOCH: '1795400000' }, { entry: realEntry });
    await runpod.until(() => runpod.statusOf(POD) === null);
    expect(await worker.health()).toMatchObject({ state: 'terminating', lifecycle: { willEndBecause: 'lifetime', lifetimeFrom: 'deadline' } });
    expect(worker.lines.some(({ msg }) => msg.includes('engine'))).toBe(false);
  });

  it('that was created long ago, as RunPod tells, ends although it has only just started', async () => {
    const runpod = await startApi();
    runpod.addPod(POD, [KEY], new Date(Date.now() - 13 * 60 * 60 * 1000).toISOString());
    const worker = await startWorker({ ...podEnvironment(runpod), WORKER_ZERO: 'true' });
    await runpod.until(() => runpod.statusOf(POD) === null);
    expect(await worker.health()).toMatchObject({ lifecycle: { willEndBecause: 'lifetime', lifetimeFrom: 'pod' } });
  });

  it('without a key says loudly that it is not armed, and neither calls anybody nor exits', async () => {
    const runpod = await startApi();
    const worker = await startWorker({ ...podEnvironment(runpod), RUNPOD_API_KEY: '', TERMINATE_IDLE_TIME: '500' });
    expect(await worker.said(/^NOT ARMED/)).toMatchObject({ level: 'fatal' });
    await worker.said(/CANNOT DELETE ITSELF/);
    expect(await worker.health()).toMatchObject({
      lifecycle: { armed: false, notArmedBecause: expect.stringContaining('RUNPOD_API_KEY'), termination: { alarm: true } },
    });
    expect(runpod.calls).toEqual([]);
    expect(worker.isAlive).toBe(true);
  });

  it('that is stopped from outside lets a short task finish, keeps its result on disk, and calls nobody', async () => {
    const runpod = await startApi();
    const worker = await startWorker(podEnvironment(runpod));
    const client = await clientOf(worker);
    await worker.said(/^the worker is idle/);
    const { id } = await client.submit(bytesOf('fake{windows=2,step-ms=500}'));
    await client.until(id, ({ type }) => type === 'window');
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    expect(JSON.parse(await readFile(path.join(worker.dataRoot, 'tasks', id, 'task.json'), 'utf8'))).toMatchObject({ state: 'succeeded' });
    expect(runpod.attempts).toEqual([]);
  });

  it('that is sent away drains: the task ends, its result is fetched, then it deletes itself', async () => {
    const runpod = await startApi();
    const worker = await startWorker(podEnvironment(runpod));
    const client = await clientOf(worker);
    await worker.said(/^the worker is idle/);
    const { id } = await client.submit(bytesOf('fake{windows=2,step-ms=300}'));
    await client.untilState(id, 'running');
    expect(await (await client.post('/v1/drain', {})).json()).toMatchObject({ lifecycle: { state: 'draining', willEndBecause: 'drain' } });
    await client.untilState(id, 'succeeded');
    expect((await client.fetch(`/v1/tasks/${id}/result`)).status).toBe(200);
    expect(runpod.attempts).toEqual([]);
    await acknowledge(client, id);
    await runpod.until(() => runpod.statusOf(POD) === null);
  });

  it('whose result nobody fetches brings it to the bucket before it deletes itself', async () => {
    const runpod = await startApi();
    const s3 = await S3Server.start(['kept']);
    onTestFinished(() => s3.remove());
    using bucket = openBucket({ ...s3Keys, endpoint: s3.url, name: 'kept', region: '', prefix: 'mine/' });
    const worker = await startWorker({
      ...podEnvironment(runpod),
      DRAIN_TIME: '500',
      BUCKET_ENDPOINT_URL: s3.url,
      BUCKET_ACCESS_KEY_ID: s3Keys.accessKeyId,
      BUCKET_SECRET_ACCESS_KEY: s3Keys.secretAccessKey,
      BUCKET_NAME: 'kept',
      BUCKET_PREFIX: 'mine/',
    });
    const client = await clientOf(worker);
    await worker.said(/^the worker is idle/);
    const { id } = await client.submit(bytesOf('fake{windows=2}'));
    await client.untilState(id, 'succeeded');
    const result = await (await client.fetch(`/v1/tasks/${id}/result`)).json();
    await client.post('/v1/drain', {});
    await runpod.until(() => runpod.attempts.length > 0);
    const { body } = await bucket.read(`unfetched/${id}/transcript.json`);
    expect(await json(body)).toEqual(result);
    expect(await bucket.sizeOf(`unfetched/${id}/transcript.txt`)).toBeGreaterThan(0);
    expect(await worker.said(/brought to the bucket$/)).toMatchObject({ level: 'warn', taskId: id });
  });
});

describe('a worker outside a pod', () => {
  it('that is idle ends its process', async () => {
    const worker = await startWorker({ TERMINATE_IDLE_TIME: '500', FIRST_CONTACT_TIME: '0' });
    expect(await worker.ended).toBe(0);
    expect(worker.lines.some(({ msg }) => msg === 'the worker is terminating')).toBe(true);
  });

  it('whose task takes too long ends its process with 3, once that was heard', async () => {
    const worker = await startWorker({ EXECUTION_TIMEOUT: '500' });
    const client = await clientOf(worker);
    await worker.said(/^the worker is idle/);
    const { id } = await client.submit(bytesOf('fake{hang-after=1}'));
    await client.untilState(id, 'failed');
    await acknowledge(client, id);
    expect(await worker.ended).toBe(3);
  });

  it('that is worker zero fails the task that takes too long and goes on with the next one', async () => {
    const worker = await startWorker({ TERMINATE_IDLE_TIME: '0', EXECUTION_TIMEOUT: '500' });
    const client = await clientOf(worker);
    await worker.said(/^the worker is idle/);
    const first = await client.submit(bytesOf('fake{hang-after=1}'));
    await client.untilState(first.id, 'failed');
    const next = await client.submit(bytesOf('fake{windows=1}'));
    await client.untilState(next.id, 'succeeded');
    expect(worker.isAlive).toBe(true);
  });
});

describe('serverless', () => {
  it('belongs to its platform: it neither ends for being idle nor deletes anything', async () => {
    const runpod = await startApi();
    const worker = await startWorker({ ...podEnvironment(runpod), RUNPOD_ENDPOINT_ID: 'endpoint1', TERMINATE_IDLE_TIME: '1' });
    await worker.said(/^the worker is idle/);
    expect(await worker.health()).toMatchObject({
      state: 'idle',
      lifecycle: { platform: 'serverless', keptAliveBy: ['platform'], armed: false, endsAt: null },
    });
    expect(runpod.calls).toEqual([]);
  });
});
