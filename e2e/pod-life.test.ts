/** The life of a pod in real time: whole worker processes, and RunPod's interface on a local port. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { sampleRecording } from '@bulk-transcribe/sample';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bytesOf } from '../apps/worker/test/worker-client.ts';
import { openBucket } from '../packages/bucket/src/index.ts';
import { S3Server, s3Keys } from '../packages/bucket/test/s3-server.ts';
import { isBuilt } from '../scripts/setup/build.mjs';
import { KEY, npmRunWorker, POD, podEnvironment, realEntry } from './pod-worker.ts';
import { acknowledge, clientOf, LATE_MS, patience, startApi, startWorker } from './test-pods.ts';

describe('a pod', () => {
  it('started by `npm run worker` deletes itself after its last work, and its process stays until it is stopped', async () => {
    expect(isBuilt(), 'What lies in dist is older than its sources: run `pnpm build`.').toBe(true);
    const runpod = await startApi();
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
    const worker = await startWorker({ ...podEnvironment(runpod), ...patience, TERMINATE_IDLE_TIME: '1000' });
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

  it('that is stopped from outside lets a short task finish, keeps its result on disk, and calls nobody', async () => {
    const runpod = await startApi();
    const worker = await startWorker(podEnvironment(runpod));
    const client = await clientOf(worker);
    await worker.said(/^the worker is idle/);
    const gate = path.join(worker.dataRoot, 'go');
    const { id } = await client.submit(bytesOf(`fake{windows=2,wait-for=${gate}}`));
    await client.until(id, ({ type }) => type === 'window');
    worker.child.kill('SIGTERM');
    await worker.said(/^the worker is draining/);
    await writeFile(gate, '');
    expect(await worker.ended).toBe(0);
    expect(JSON.parse(await readFile(path.join(worker.dataRoot, 'tasks', id, 'task.json'), 'utf8'))).toMatchObject({ state: 'succeeded' });
    expect(runpod.attempts).toEqual([]);
  });

  it('that is sent away drains: the task ends, its result is fetched, then it deletes itself', async () => {
    const runpod = await startApi();
    const worker = await startWorker(podEnvironment(runpod));
    const client = await clientOf(worker);
    await worker.said(/^the worker is idle/);
    const gate = path.join(worker.dataRoot, 'go');
    const { id } = await client.submit(bytesOf(`fake{windows=2,wait-for=${gate}}`));
    await client.untilState(id, 'running');
    expect(await (await client.post('/v1/drain', {})).json()).toMatchObject({ lifecycle: { state: 'draining', willEndBecause: 'drain' } });
    await writeFile(gate, '');
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
    const worker = await startWorker({ TERMINATE_IDLE_TIME: '0', EXECUTION_TIMEOUT: '3000' });
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
