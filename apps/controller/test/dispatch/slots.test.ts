/** Workers with several slots: all of them are used, and nobody suffers from what another one does. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Task } from '@bulk-transcribe/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import { spawnWorker, temporaryFolder } from '../../../worker/test/run-worker.ts';
import { TOKEN } from '../../../worker/test/worker-client.ts';
import { quiet, temporaryDataRoot } from '../database/template.ts';
import { noRemote } from '../remote/no-remote.ts';
import { final, openCore, submit, untilTask } from './controller-core.ts';

async function open(slots: number) {
  const dataRoot = await temporaryDataRoot();
  const remote = await noRemote(dataRoot);
  const core = await openCore({ dataRoot, log: quiet, remote, slots, patience: { heartbeatMs: 100 } });
  onTestFinished(() => core.close());
  /** Waits behind the first window until it is opened. */
  const gated = (name: string) => `wait-for=${path.join(dataRoot, name)}`;
  const openGate = async (name: string) => await writeFile(path.join(dataRoot, name), '');
  return { ...core, dataRoot, settings: remote.settings, gated, openGate };
}
type Core = Awaited<ReturnType<typeof open>>;

/** Resolves once so many tasks are at work at each worker, by name. */
const untilRunning = ({ dispatch }: Core, wanted: Readonly<Record<string, string>>) =>
  vi.waitFor(
    () => {
      const views = dispatch.views().map(({ name, running, slots }) => [name, `${running.length} of ${slots.total}, ${slots.free} free`]);
      expect(Object.fromEntries(views)).toEqual(wanted);
    },
    { timeout: 90_000, interval: 20 },
  );

/** Resolves once the first window of each is stored. */
const untilBegun = async ({ jobs }: Core, tasks: readonly Task[]) => {
  for (const { id } of tasks) {
    await untilTask(jobs, id, ({ preview }) => preview.length > 0);
    await vi.waitFor(async () => expect(await jobs.finishedWindows(id)).toHaveLength(1), { timeout: 90_000 });
  }
};

test('the local worker has as many at work as it has slots, and a slot that becomes free is filled', async () => {
  const core = await open(3);
  const names = ['a', 'b', 'c', 'd'];
  const tasks = await submit(
    core,
    names.map((name) => `fake{windows=2,${core.gated(name)}}`),
  );
  await untilRunning(core, { local: '3 of 3, 0 free' });
  await untilBegun(core, tasks.slice(0, 3));
  expect((await core.jobs.task('mine', tasks[3]?.id ?? ''))?.state).toBe('queued');
  expect(await core.jobs.cancelTask('mine', tasks[0]?.id ?? '')).toMatchObject({ state: 'cancelled' });
  await untilBegun(core, tasks.slice(3));
  await untilRunning(core, { local: '3 of 3, 0 free' });
  for (const name of names) await core.openGate(name);
  for (const task of tasks.slice(1)) expect(await final(core.jobs, task)).toMatchObject({ state: 'succeeded', attempt: 1 });
});

test('all slots of a pod are taken before this computer is, which says why it has the rest', async () => {
  const core = await open(1);
  const { client } = await spawnWorker(await temporaryFolder(), { env: { SLOTS: '2' } });
  const pod = new URL(client.url).host;
  await core.settings.save({ url: client.url, token: TOKEN, mode: 'optional' });
  await vi.waitFor(() => expect(core.dispatch.status().routing.place?.name).toBe(pod), { timeout: 90_000 });
  await untilRunning(core, { local: '0 of 1, 1 free', [pod]: '0 of 2, 2 free' });
  const tasks = await submit(core, Array(3).fill(`fake{windows=2,${core.gated('all')}}`));
  await untilRunning(core, { local: '1 of 1, 0 free', [pod]: '2 of 2, 0 free' });
  await core.openGate('all');
  const workers = await Promise.all(tasks.map(async (task) => (await final(core.jobs, task)).worker));
  expect(workers.map((worker) => worker?.name).toSorted()).toEqual([pod, pod, 'local'].toSorted());
  expect(workers.find((worker) => worker?.name === 'local')?.why).toBe('Every slot of the remote worker was taken.');
});

for (const disk of ['keeps', 'loses']) {
  test(`a recording that kills the worker, which ${disk} its disk, is found out; those beside it lose no attempt`, async () => {
    const core = await open(3);
    const lose = disk === 'loses' ? `,lose=${path.join(core.dataRoot, 'worker', 'tasks')}` : '';
    const tasks = await submit(core, [
      `fake{windows=3,kill-at=${path.join(core.dataRoot, 'death')}${lose}}`,
      `fake{windows=3,text=one,${core.gated('never')}}`,
      `fake{windows=3,text=two,${core.gated('never')}}`,
    ]);
    const [poison, ...others] = tasks;
    await untilBegun(core, others);
    // Once with the others, twice alone; each time the controller has heard that this process is at work on it.
    const told = new Set<number>();
    const isNew = ({ progress: { totalSec } }: Task) => totalSec !== null && totalSec >= 1_000_000 && !told.has(totalSec);
    while (told.size < 3) {
      const { progress } = await untilTask(core.jobs, poison?.id ?? '', isNew);
      told.add(progress.totalSec ?? 0);
      await core.openGate('death');
    }
    expect(await final(core.jobs, poison)).toMatchObject({
      ...{ state: 'failed', attempt: 1 },
      error: { code: 'recording_kills_worker', message: 'This recording ended its worker twice in a row, behind minute 0:05.' },
    });
    for (const task of others) expect(await final(core.jobs, task)).toMatchObject({ state: 'succeeded', attempt: 1 });
  });
}
