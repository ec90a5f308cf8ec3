/** Who answers and gets no work all the same, and what the pages say of it. */
import { WORKER_HEADER } from '@bulk-transcribe/protocol';
import { expect, it, onTestFinished, vi } from 'vitest';
import { RemoteWorker } from '../../src/remote/remote-worker.ts';
import { unfitBecause } from '../../src/workers/fitness.ts';
import { WorkerLink } from '../../src/workers/worker-link.ts';
import { quiet } from '../database/template.ts';
import { answering, marked, pingOf } from '../remote/foreign-server.ts';

it.each([
  ['a GPU that computes', {}, ''],
  ['no GPU', { gpu: false, gpuName: null, provider: 'cpu' }, ''],
  ['a GPU, while the engine is being loaded', { gpu: false, provider: 'none' }, ''],
  ['a GPU, and computes on the CPU', { gpu: false, provider: 'cpu' }, 'The worker has a GPU (NVIDIA A100) but computes on the CPU, and gets no work'],
])('a worker that has %s', (_what, ping, why) => {
  const reason = unfitBecause(pingOf(ping));
  if (why === '') expect(reason).toBe('');
  else expect(reason).toContain(why);
});

it('a worker of another version of the protocol takes no work, and it is said what to do', async () => {
  const { url } = await answering(200, { ...marked, [WORKER_HEADER]: '99' }, pingOf());
  const link = new WorkerLink(new RemoteWorker({ name: 'pod', url, token: 'token-of-the-pod' }), quiet, { network: { allowInsecure: false } });
  onTestFinished(() => link.close());
  await vi.waitFor(() => expect(link.message).toContain('Run the same version of controller and worker'), { timeout: 90_000, interval: 20 });
  expect([link.ping, link.worker]).toEqual([null, null]);
});
