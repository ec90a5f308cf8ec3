import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isFinal, type Job, type Transcript } from '@bulk-transcribe/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { ApiClient } from './api-client.ts';
import { longRecording } from './media.ts';
import { canFindProcesses, engineOf, processesFor, workerOf } from './processes.ts';
import { type Product, startProduct } from './product.ts';

const FILES = 10;
const place = mkdtempSync(path.join(tmpdir(), 'bulk-transcribe-kills-'));
let product: Product | undefined;
afterAll(async () => {
  await product?.remove();
  rmSync(place, { recursive: true, force: true });
});

/** Follows the session until so many tasks have succeeded and one more is running. */
async function untilRunning(client: ApiClient, succeeded: number): Promise<void> {
  const states = new Map<string, string>();
  for await (const event of client.events()) {
    if (event.type === 'task') states.set(event.task.id, event.task.state);
    const all = [...states.values()];
    if (all.filter((state) => state === 'succeeded').length >= succeeded && all.includes('running')) return;
  }
  throw new Error('The event stream ended early.');
}

async function untilDone(client: ApiClient, jobId: string): Promise<Job> {
  for await (const _event of client.events()) {
    const job = (await client.jobs()).find(({ id }) => id === jobId);
    if (job?.tasks.every(({ state }) => isFinal(state))) return job;
  }
  throw new Error('The event stream ended early.');
}

const content = ({ segments, durationSec }: Transcript) => ({ segments, durationSec });

describe.skipIf(!canFindProcesses)('ten recordings, and every process killed once while they run', () => {
  it('all ten are done after a restart, none twice, each as if nothing had happened', async () => {
    product = await startProduct();
    const client = new ApiClient(product.origin);
    await client.open();
    const file = path.join(place, 'long.mp3');
    writeFileSync(file, longRecording(4));

    const undisturbed = await client.startJob({ recordingIds: [(await client.upload(file, 'undisturbed.mp3')).id] });
    const [reference] = (await untilDone(client, undisturbed.id)).tasks;
    const expected = content(await client.transcript(reference?.id ?? ''));

    const recordings = await Promise.all(Array.from({ length: FILES }, (_, i) => client.upload(file, `${i}.mp3`)));
    const job = await client.startJob({ recordingIds: recordings.map(({ id }) => id) });
    await untilRunning(client, 3);
    process.kill(engineOf(workerOf(product.pid())), 'SIGKILL');
    await untilRunning(client, 5);
    process.kill(workerOf(product.pid()), 'SIGKILL');
    await untilRunning(client, 7);
    await product.kill();
    await product.start();

    const done = await untilDone(client, job.id);
    expect(done.tasks.map(({ state, error }) => error ?? state)).toEqual(Array(FILES).fill('succeeded'));
    for (const task of done.tasks) expect(content(await client.transcript(task.id))).toEqual(expected);
    expect((await client.jobs()).flatMap(({ tasks }) => tasks)).toHaveLength(FILES + 1);

    await product.stop();
    expect(processesFor(product.dataRoot)).toEqual([]);
  }, 240_000);
});
