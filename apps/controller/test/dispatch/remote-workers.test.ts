/** Remote worker processes beside the local one: modes, changes, deaths, several at once. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { defaultOptions, type Task } from '@bulk-transcribe/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import { spawnWorker, temporaryFolder } from '../../../worker/test/run-worker.ts';
import { TOKEN } from '../../../worker/test/worker-client.ts';
import { quiet, temporaryDataRoot } from '../database/template.ts';
import { noRemote } from '../remote/no-remote.ts';
import { type Core, final, openCore, submit, untilTask } from './controller-core.ts';

interface Pod {
  readonly url: string;
  readonly name: string;
  readonly child: ChildProcess;
}

async function startPod(): Promise<Pod> {
  const { child, client } = await spawnWorker(await temporaryFolder());
  return { child, url: client.url, name: new URL(client.url).host };
}

async function open({ leaseSec = 60, further = [] as { name: string; url: string; token: string }[] } = {}) {
  const dataRoot = await temporaryDataRoot();
  const remote = await noRemote(dataRoot, further);
  const core = await openCore({ dataRoot, log: quiet, remote, leaseSec, patience: { heartbeatMs: 100 } });
  onTestFinished(() => core.close());
  return { ...core, dataRoot, settings: remote.settings, further: remote.further };
}

/** Resolves once a task that came now would run there. */
const untilPlace = ({ dispatch }: Pick<Core, 'dispatch'>, name: string | null) =>
  vi.waitFor(() => expect(dispatch.status().routing.place?.name ?? null).toBe(name), { timeout: 90_000, interval: 20 });

/** The tasks that so many workers, one each, are at work on, beside what is over. */
const untilAtWork = ({ dispatch }: Pick<Core, 'dispatch'>, workers: number, over: readonly string[] = []): Promise<string[]> =>
  vi.waitFor(
    () => {
      const each = dispatch.views().map(({ running }) => running.filter((id) => !over.includes(id)));
      expect(each.map(({ length }) => length).toSorted()).toEqual([...Array(3 - workers).fill(0), ...Array(workers).fill(1)]);
      return each.flat();
    },
    { timeout: 90_000, interval: 20 },
  );

const ended = async (core: Core, tasks: readonly Task[]): Promise<Task[]> => Promise.all(tasks.map((task) => final(core.jobs, task)));
const workerOf = ({ worker }: Task): string | undefined => worker?.name;

test('the mode counts from the next task on: off, optional, required and back, without a restart', async () => {
  const core = await open();
  const pod = await startPod();
  await untilPlace(core, 'local');
  expect((await ended(core, await submit(core, ['fake{}']))).map(workerOf)).toEqual(['local']);

  await core.settings.save({ url: pod.url, token: TOKEN, mode: 'optional' });
  const [there] = await ended(core, await submit(core, ['fake{}']));
  expect(there?.worker).toEqual({ name: pod.name, device: 'cpu', remote: true, gpuName: null });
  const transcript = await core.jobs.transcript('mine', there?.id ?? '');
  expect(transcript?.provenance.place).toEqual(there?.worker);
  expect(core.dispatch.status().routing).toMatchObject({
    mode: 'optional',
    place: { name: pod.name },
    reason: '',
    timesRealTime: expect.any(Number),
  });

  expect((await ended(core, await submit(core, ['fake{}'], { compute: 'cpu' })))[0]?.worker).toEqual({ name: 'local', device: 'cpu' });

  await core.settings.save({ mode: 'off' });
  expect((await ended(core, await submit(core, ['fake{}']))).map(workerOf)).toEqual(['local']);
});

test('optional: a pod that is gone means this computer, and the task says so', async () => {
  const core = await open();
  const pod = await startPod();
  await core.settings.save({ url: pod.url, token: TOKEN, mode: 'optional' });
  await untilPlace(core, pod.name);
  pod.child.kill('SIGKILL');
  await once(pod.child, 'exit');
  // At first the connection breaks off, then nobody is there.
  await vi.waitFor(() => expect(core.dispatch.status().routing.reason).toContain('Nothing listens'), { timeout: 90_000 });
  const [here] = await ended(core, await submit(core, ['fake{}']));
  expect(here?.worker).toMatchObject({ name: 'local', why: expect.stringContaining(`Nothing listens at ${pod.name}.`) });
  expect((await core.jobs.transcript('mine', here?.id ?? ''))?.provenance.place?.why).toBe(here?.worker?.why);
});

test('required: a task waits for the pod with the reason, and goes there when it comes', async () => {
  const core = await open();
  await core.settings.save({ url: 'http://127.0.0.1:1', token: TOKEN, mode: 'required' });
  await vi.waitFor(() => expect(core.dispatch.status().models).not.toEqual([]), { timeout: 90_000 });
  await untilPlace(core, null);
  expect(core.dispatch.status()).toMatchObject({ ready: true, message: expect.stringContaining('Nothing listens at 127.0.0.1:1.') });
  await expect(core.dispatch.untilHopeless({ compute: 'auto', model: defaultOptions.model }, 50, new AbortController().signal)).rejects.toMatchObject(
    {
      code: 'worker_unavailable',
      message: expect.stringMatching(/waited for 0.05 s. Nothing listens/),
    },
  );
  const [waiting] = await submit(core, ['fake{}']);
  const pod = await startPod();
  expect((await core.jobs.task('mine', waiting?.id ?? ''))?.state).toBe('queued');
  await core.settings.save({ url: pod.url });
  expect((await core.jobs.task('mine', waiting?.id ?? ''))?.state).toBe('queued');
  await core.settings.save({ token: TOKEN });
  expect(workerOf(await final(core.jobs, waiting))).toBe(pod.name);
});

test('a running task finishes where it runs, whatever is saved meanwhile, and its worker is left with nothing', async () => {
  const core = await open();
  const [first, second] = [await startPod(), await startPod()];
  await core.settings.save({ url: first.url, token: TOKEN, mode: 'optional' });
  const gate = path.join(core.dataRoot, 'gate');
  await untilPlace(core, first.name);
  const [running] = await submit(core, [`fake{windows=2,wait-for=${gate}}`]);
  await untilTask(core.jobs, running?.id ?? '', ({ preview }) => preview.length > 0);
  await core.settings.save({ url: second.url, token: TOKEN });
  expect((await ended(core, await submit(core, ['fake{}']))).map(workerOf)).toEqual([second.name]);
  await writeFile(gate, '');
  expect(await final(core.jobs, running)).toMatchObject({ state: 'succeeded', attempt: 1, worker: { name: first.name } });
  await vi.waitFor(async () => expect(await core.jobs.settlements(first.name)).toEqual([]), { timeout: 90_000 });
});

test('a pod that dies in the middle costs one window: this computer goes on from the checkpoint', async () => {
  // Long enough for a worker that is well, on a busy machine.
  const core = await open({ leaseSec: 5 });
  const pod = await startPod();
  await core.settings.save({ url: pod.url, token: TOKEN, mode: 'optional' });
  await untilPlace(core, pod.name);
  const [gate, computed] = [path.join(core.dataRoot, 'gate'), path.join(core.dataRoot, 'computed')];
  const [task] = await submit(core, [`fake{windows=3,wait-for=${gate},computed=${computed}}`]);
  await untilTask(core.jobs, task?.id ?? '', ({ preview }) => preview.length > 0);
  pod.child.kill('SIGKILL');
  await writeFile(gate, '');
  const done = await final(core.jobs, task);
  expect(done).toMatchObject({ state: 'succeeded', worker: { name: 'local', why: expect.stringContaining(pod.name) } });
  expect(core.dispatch.errors()).toMatchObject([{ worker: pod.name, recording: 'interview.mp3', error: { code: 'worker_unavailable' } }]);
  expect(readFileSync(computed, 'utf8').trim().split('\n')).toEqual(['0', '1', '2']);
});

test('two remote workers and the local one share the queue: all are used, none is idle while tasks wait, sessions take turns', async () => {
  const pods = [await startPod(), await startPod()];
  const core = await open({ further: [{ name: 'pod-0', url: pods[0]?.url ?? '', token: TOKEN }] });
  await core.settings.save({ mode: 'optional' });
  await untilPlace(core, 'pod-0');
  // The second one is added while it runs.
  await core.further.add({ name: 'pod-1', url: pods[1]?.url ?? '', token: TOKEN });
  await vi.waitFor(() => expect(core.dispatch.views().find(({ name }) => name === 'pod-1')?.usable).toBe(true), { timeout: 90_000 });
  await vi.waitFor(() => expect(core.dispatch.status().models).not.toEqual([]), { timeout: 90_000 });
  // Each is held at its first window until its gate opens.
  const gated = (name: string) => `fake{windows=2,wait-for=${path.join(core.dataRoot, name)}}`;
  const names = Array.from({ length: 6 }, (_, i) => `mine-${i}`);
  const mine = await submit(core, names.map(gated));
  await untilAtWork(core, 3);
  // Somebody else comes later, with two.
  const theirNames = ['theirs-0', 'theirs-1'];
  const theirs = await submit(core, theirNames.map(gated), { session: 'theirs' });
  const gates = new Map([...mine, ...theirs].map(({ id }, i) => [id, [...names, ...theirNames][i] ?? '']));
  const order: string[] = [];
  const over: string[] = [];
  while (over.length < gates.size) {
    // After each end all three are at work again, as long as one waits.
    const working = await untilAtWork(core, Math.min(3, gates.size - over.length), over);
    order.push(...working.filter((id) => !order.includes(id)));
    const [first = ''] = working;
    await writeFile(path.join(core.dataRoot, gates.get(first) ?? ''), '');
    await core.jobs.taskFinal(mine.some(({ id }) => id === first) ? 'mine' : 'theirs', first, AbortSignal.timeout(90_000));
    over.push(first);
  }
  // The two sessions take turns from the moment the second one comes, and all have had their part.
  expect(
    order
      .slice(3, 7)
      .map((id) => gates.get(id)?.slice(0, 4))
      .toSorted(),
  ).toEqual(['mine', 'mine', 'thei', 'thei']);
  const done = await ended(core, mine);
  expect(done.map(({ state, attempt }) => `${state} ${attempt}`)).toEqual(Array(6).fill('succeeded 1'));
  expect(new Set(done.map(workerOf))).toEqual(new Set(['local', 'pod-0', 'pod-1']));
  expect(done.filter(({ worker }) => worker?.name === 'local').map(({ worker }) => worker?.why)).toContain(
    'Every slot of the remote worker was taken.',
  );
  // One that is removed leaves at once, and its name can be given to another.
  await core.further.remove('pod-1');
  await vi.waitFor(() => expect(core.dispatch.views().map(({ name }) => name)).toEqual(['local', 'pod-0']), { timeout: 90_000 });
});

test('a worker that is renamed finishes under its name first; the name can go to another one meanwhile, which then takes work', async () => {
  const [old, other] = [await startPod(), await startPod()];
  const core = await open();
  await core.settings.save({ mode: 'required' });
  await core.further.add({ name: 'pod-a', url: old.url, token: TOKEN });
  await untilPlace(core, 'pod-a');
  const gate = path.join(core.dataRoot, 'gate');
  const [running] = await submit(core, [`fake{windows=2,wait-for=${gate}}`]);
  await untilTask(core.jobs, running?.id ?? '', ({ preview }) => preview.length > 0);
  await core.further.change('pod-a', { name: 'pod-b' });
  await core.further.add({ name: 'pod-a', url: other.url, token: TOKEN });
  const views = () => core.dispatch.views().filter(({ remote }) => remote);
  // Nobody has two names, and no name two workers, while the recording runs.
  expect(views().map(({ name, url, leaving }) => [name, url, leaving])).toEqual([['pod-a', old.url, true]]);
  const [waiting] = await submit(core, ['fake{}']);
  await writeFile(gate, '');
  expect(await final(core.jobs, running)).toMatchObject({ state: 'succeeded', attempt: 1, worker: { name: 'pod-a' } });
  expect(await final(core.jobs, waiting)).toMatchObject({ state: 'succeeded', attempt: 1 });
  await vi.waitFor(
    () =>
      expect(
        views()
          .map(({ name, url, usable }) => `${name} ${url} ${usable}`)
          .toSorted(),
      ).toEqual([`pod-a ${other.url} true`, `pod-b ${old.url} true`]),
    { timeout: 90_000 },
  );
});

test('a task that asks for a GPU waits where there is none, and others pass it', async () => {
  const core = await open();
  const pod = await startPod();
  await core.settings.save({ url: pod.url, token: TOKEN, mode: 'optional' });
  await untilPlace(core, pod.name);
  const [gpu] = await submit(core, ['fake{}'], { compute: 'gpu' });
  const after = await ended(core, [...(await submit(core, ['fake{}'], { compute: 'cpu' })), ...(await submit(core, ['fake{}']))]);
  expect(after.map(workerOf)).toEqual(['local', pod.name]);
  expect((await core.jobs.task('mine', gpu?.id ?? ''))?.state).toBe('queued');
});
