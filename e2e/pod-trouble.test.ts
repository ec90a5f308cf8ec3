/** Pods that cannot delete themselves, or cannot work: neither is a reason to exit, or to live on unseen. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bytesOf, errorOf, requestFor } from '../apps/worker/test/worker-client.ts';
import { KEY, POD, podEnvironment } from './pod-worker.ts';
import { acknowledge, call, clientOf, patience, startApi, startWorker } from './test-pods.ts';

describe('a pod', () => {
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
});

describe('a pod that cannot work', () => {
  it('with a wrong setting stays, says so, and ends by its idle time', async () => {
    const runpod = await startApi();
    const worker = await startWorker({ ...podEnvironment(runpod), EXECUTION_TIMEOUT: '5m', TERMINATE_IDLE_TIME: '8000' });
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
    const worker = await startWorker({ ...podEnvironment(runpod), MODEL: 'no-such-model', ...patience, TERMINATE_IDLE_TIME: '500' });
    await worker.said(/^the engine could not be loaded/);
    expect(await worker.health()).toMatchObject({
      status: 'failed',
      state: 'booting',
      accepting: false,
      message: expect.stringContaining('no-such-model'),
    });
    await call(worker);
    await runpod.until(() => runpod.statusOf(POD) === null);
    expect(worker.isAlive).toBe(true);
  });

  it('that meets an error nobody foresaw takes no more work, says so, and ends by its idle time', async () => {
    const runpod = await startApi();
    const trouble = 'data:text/javascript,process.once(%22SIGUSR2%22,()=>{throw%20new%20Error(%22boom%22)})';
    const worker = await startWorker({ ...podEnvironment(runpod), NODE_OPTIONS: `--import=${trouble}`, ...patience, TERMINATE_IDLE_TIME: '500' });
    const client = await clientOf(worker);
    await worker.said(/^the worker is idle/);
    const { id } = await client.submit(bytesOf('fake{windows=1}'));
    await client.untilState(id, 'succeeded');
    worker.child.kill('SIGUSR2');
    expect(await worker.said(/^an error that nobody foresaw/)).toMatchObject({ level: 'fatal' });
    // Its result keeps it.
    expect(await worker.health()).toMatchObject({ status: 'failed', accepting: false });
    await acknowledge(client, id);
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
});
