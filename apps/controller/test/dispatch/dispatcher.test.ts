import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MAX_PART_BYTES } from '@bulk-transcribe/protocol';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { emptyFolder, quiet, temporaryDataRoot } from '../database/template.ts';
import { type Core, final, openCore, submit, untilTask } from './controller-core.ts';

/** The core, and the pid of each worker process it starts. */
async function open(dataRoot?: string, patience = {}, leaseSec?: number) {
  const root = dataRoot ?? (await temporaryDataRoot());
  const pids: number[] = [];
  const write = (line: string): void => {
    const { workerPid, msg } = JSON.parse(line) as { workerPid?: number; msg?: string };
    if (msg === 'the local worker listens' && workerPid) pids.push(workerPid);
  };
  const core = await openCore({ dataRoot: root, log: pino({ base: null }, { write }), patience, ...(leaseSec && { leaseSec }) });
  onTestFinished(() => core.close());
  return { ...core, pids, dataRoot: root };
}

/** Of a worker that is well, on a busy machine, nobody may lose patience; milliseconds, and seconds of a lease. */
const impatient = { pingLimitMs: 2_000, silenceLimitMs: 4_000 };
const watchful = { pingLimitMs: 1_000, silenceLimitMs: 600_000, heartbeatMs: 300 };
const SHORT_LEASE_SEC = 5;

const kill = (pid: number | undefined): void => void process.kill(pid ?? Number.NaN, 'SIGKILL');
const seen =
  (windows: number) =>
  ({ preview }: { preview: readonly unknown[] }) =>
    preview.length >= windows;

/** Resolves once a worker that was started anew has told that it runs the task. */
async function untilToldAgain(jobs: Core['jobs'], id: string): Promise<void> {
  const lastId = await jobs.lastEventId('mine');
  for await (const { event } of jobs.events('mine', lastId, AbortSignal.timeout(90_000))) {
    if (event.type === 'task' && event.task.id === id && event.task.state === 'running') return;
  }
}

/** Resolves once the worker holds no task any more. */
async function untilReleased(core: Core, dataRoot: string): Promise<void> {
  while ((await core.jobs.settlements('local')).length > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(await readdir(path.join(dataRoot, 'worker', 'tasks'))).toEqual([]);
}

test('ten recordings at once become ten transcripts, and the worker is left with nothing', async () => {
  const core = await open();
  const tasks = await submit(
    core,
    Array.from({ length: 10 }, (_, index) => `fake{windows=2,text=recording_${index}}`),
  );
  for (const [index, task] of tasks.entries()) {
    expect(await final(core.jobs, task)).toMatchObject({ state: 'succeeded', attempt: 1, worker: { name: 'local', device: 'cpu' } });
    const transcript = await core.jobs.transcript('mine', task.id);
    expect(transcript?.segments.map(({ text }) => text)).toEqual([`recording ${index}`, `recording ${index}`]);
  }
  await untilReleased(core, core.dataRoot);
});

test('a recording of several parts arrives whole', async () => {
  const core = await open();
  const bytes = Buffer.alloc(2 * MAX_PART_BYTES + 12_345, 'x');
  bytes.write('fake{windows=1}');
  const [task] = await submit(core, [bytes]);
  expect(await final(core.jobs, task)).toMatchObject({ state: 'succeeded' });
});

test('while it runs, a task tells its stage, how far it is and the text of the last windows', async () => {
  const core = await open();
  const gate = path.join(core.dataRoot, 'gate');
  const [task] = await submit(core, [`fake{windows=2,wait-for=${gate}}`]);
  const running = await untilTask(core.jobs, task?.id ?? '', seen(1));
  expect(running).toMatchObject({
    state: 'running',
    stage: 'recognise',
    preview: [{ text: 'Fake window 0.' }],
    progress: { doneSec: 5, totalSec: 10 },
  });
  await writeFile(gate, '');
  expect(await final(core.jobs, task)).toMatchObject({ state: 'succeeded', preview: [] });
});

test('a worker killed in the middle comes back and the same attempt ends well', async () => {
  const core = await open();
  const gate = path.join(core.dataRoot, 'gate');
  const [task] = await submit(core, [`fake{windows=2,wait-for=${gate}}`]);
  await untilTask(core.jobs, task?.id ?? '', seen(1));
  kill(core.pids[0]);
  await writeFile(gate, '');
  expect(await final(core.jobs, task)).toMatchObject({ state: 'succeeded', attempt: 1 });
  expect(core.pids).toHaveLength(2);
  expect((await core.jobs.transcript('mine', task?.id ?? ''))?.segments).toHaveLength(2);
});

test('a worker that loses its disk gets the task again with its finished windows, under the same attempt', async () => {
  const core = await open();
  const [gate, computed] = [path.join(core.dataRoot, 'gate'), path.join(core.dataRoot, 'computed')];
  const [task] = await submit(core, [`fake{windows=3,wait-for=${gate},computed=${computed}}`]);
  await untilTask(core.jobs, task?.id ?? '', seen(1));
  while ((await core.jobs.finishedWindows(task?.id ?? '')).length < 1) await new Promise((resolve) => setImmediate(resolve));
  kill(core.pids[0]);
  await rm(path.join(core.dataRoot, 'worker', 'tasks'), { recursive: true });
  await writeFile(gate, '');
  expect(await final(core.jobs, task)).toMatchObject({ state: 'succeeded', attempt: 1 });
  expect(readFileSync(computed, 'utf8')).toBe('0\n1\n2\n');
  expect((await core.jobs.transcript('mine', task?.id ?? ''))?.segments).toHaveLength(3);
  expect(await core.jobs.finishedWindows(task?.id ?? ''), 'the transcript has them now').toEqual([]);
});

test('a recording at which the worker dies twice in a row fails with that reason; the next one goes on', async () => {
  const core = await open();
  const [bad, good] = await submit(core, ['fake{windows=2,hang-after=1}', 'fake{windows=1}']);
  await untilTask(core.jobs, bad?.id ?? '', seen(1));
  kill(core.pids[0]);
  await untilToldAgain(core.jobs, bad?.id ?? '');
  kill(core.pids[1]);
  expect(await final(core.jobs, bad)).toMatchObject({
    ...{ state: 'failed', attempt: 1 },
    error: { code: 'recording_kills_worker', message: 'This recording ended its worker twice in a row, behind minute 0:05.' },
  });
  expect(await final(core.jobs, good)).toMatchObject({ state: 'succeeded' });
});

test.runIf(process.platform !== 'win32')('a worker that lives but does not answer is started anew, and the task goes on', async () => {
  const core = await open(undefined, impatient);
  const gate = path.join(core.dataRoot, 'gate');
  const [task] = await submit(core, [`fake{windows=2,wait-for=${gate}}`]);
  await untilTask(core.jobs, task?.id ?? '', seen(1));
  process.kill(core.pids[0] ?? Number.NaN, 'SIGSTOP');
  await writeFile(gate, '');
  expect(await final(core.jobs, task)).toMatchObject({ state: 'succeeded', attempt: 1 });
  expect(core.pids).toHaveLength(2);
});

test.runIf(process.platform !== 'win32')(
  'a worker that is silent for too long loses its claim; the task goes on with a new one, from its checkpoint',
  async () => {
    const core = await open(undefined, watchful, SHORT_LEASE_SEC);
    const [gate, computed] = [path.join(core.dataRoot, 'gate'), path.join(core.dataRoot, 'computed')];
    const [task] = await submit(core, [`fake{windows=2,wait-for=${gate},computed=${computed}}`]);
    await untilTask(core.jobs, task?.id ?? '', seen(1));
    process.kill(core.pids[0] ?? Number.NaN, 'SIGSTOP');
    expect(await untilTask(core.jobs, task?.id ?? '', ({ state }) => state === 'queued')).toMatchObject({ error: { code: 'worker_unavailable' } });
    await writeFile(gate, '');
    process.kill(core.pids[0] ?? Number.NaN, 'SIGCONT');
    expect(await final(core.jobs, task)).toMatchObject({ state: 'succeeded', attempt: 2 });
    expect(new Set(readFileSync(computed, 'utf8').trim().split('\n'))).toEqual(new Set(['0', '1']));
    expect((await core.jobs.transcript('mine', task?.id ?? ''))?.segments).toHaveLength(2);
    await untilReleased(core, core.dataRoot);
  },
);

test('an engine that crashes once costs neither an attempt nor a finished window', async () => {
  const core = await open();
  const computed = path.join(core.dataRoot, 'computed');
  const [task] = await submit(core, [`fake{windows=2,crash-after=1,times=1,computed=${computed}}`]);
  expect(await final(core.jobs, task)).toMatchObject({ state: 'succeeded', attempt: 1, error: null });
  expect(readFileSync(computed, 'utf8')).toBe('0\n1\n');
});

test('a recording that crashes the engine twice at one place fails with that reason; others go on', async () => {
  const core = await open();
  const [bad, good] = await submit(core, ['fake{windows=2,crash-after=1}', 'fake{windows=1}']);
  expect(await final(core.jobs, bad)).toMatchObject({
    ...{ state: 'failed', attempt: 1 },
    error: { code: 'recording_kills_worker', message: expect.stringContaining('twice in a row, behind minute 0:05') },
  });
  expect(await final(core.jobs, good)).toMatchObject({ state: 'succeeded' });
  await untilReleased(core, core.dataRoot);
});

test('a recording that cannot be read fails at once, with what to do', async () => {
  const core = await open();
  const [task] = await submit(core, ['fake{fail=media_unreadable}']);
  expect(await final(core.jobs, task)).toMatchObject({
    state: 'failed',
    attempt: 1,
    error: { code: 'media_unreadable', hint: expect.stringContaining('export it again') },
  });
});

test('a recording whose file is gone fails at once', async () => {
  const core = await open();
  const [task] = await submit({ ...core, recordingPath: (id) => `${core.recordingPath(id)}-elsewhere` }, ['fake{windows=1}']);
  expect(await final(core.jobs, task)).toMatchObject({ state: 'failed', attempt: 1, error: { code: 'not_found' } });
});

test('a cancelled task stops the engine, which then takes the next one; started again it succeeds', async () => {
  const core = await open();
  const [hanging, next] = await submit(core, ['fake{windows=2,hang-after=1,times=1}', 'fake{windows=1}']);
  await untilTask(core.jobs, hanging?.id ?? '', seen(1));
  expect(await core.jobs.cancelTask('mine', hanging?.id ?? '')).toMatchObject({ state: 'cancelled' });
  expect(await final(core.jobs, next)).toMatchObject({ state: 'succeeded' });
  await core.jobs.retryTask('mine', hanging?.id ?? '');
  expect(await final(core.jobs, hanging)).toMatchObject({ state: 'succeeded', attempt: 2 });
  await untilReleased(core, core.dataRoot);
});

test('a deleted job stops the engine, too', async () => {
  const core = await open();
  const [hanging] = await submit(core, ['fake{windows=2,hang-after=1}']);
  await untilTask(core.jobs, hanging?.id ?? '', seen(1));
  await core.jobs.deleteJob('mine', hanging?.jobId ?? '');
  const [next] = await submit(core, ['fake{windows=1}']);
  expect(await final(core.jobs, next)).toMatchObject({ state: 'succeeded' });
  await untilReleased(core, core.dataRoot);
});

test('a controller that closes lets go of its tasks, and the next one ends them under the same attempt', async () => {
  const first = await open();
  const gate = path.join(first.dataRoot, 'gate');
  const tasks = await submit(first, [`fake{windows=2,wait-for=${gate}}`, 'fake{windows=1}']);
  await untilTask(first.jobs, tasks[0]?.id ?? '', seen(1));
  await first.close();
  await writeFile(gate, '');
  const second = await open(first.dataRoot);
  for (const task of tasks) expect(await final(second.jobs, task)).toMatchObject({ state: 'succeeded', attempt: 1 });
});

test('a controller killed with -9 takes its worker along, and the next one finishes all ten recordings', async () => {
  const dataRoot = await temporaryDataRoot();
  const gate = path.join(await emptyFolder(), 'gate');
  const child = fork(fileURLToPath(new URL('./core-process.ts', import.meta.url)), [dataRoot, gate], {
    execArgv: ['--conditions=bulk-transcribe-source'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const { worker, tasks } = await running(child);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  await writeFile(gate, '');
  const core = await openCore({ dataRoot, log: quiet });
  onTestFinished(() => core.close());
  for (const id of tasks)
    expect(await core.jobs.taskFinal('mine', id, AbortSignal.timeout(90_000))).toMatchObject({ state: 'succeeded', attempt: 1 });
  // It has let go of its folder, and so its tasks, just before it ends.
  await vi.waitFor(() => expect(() => process.kill(worker, 0)).toThrow('ESRCH'), { timeout: 90_000 });
});

async function running(child: ChildProcess): Promise<{ worker: number; tasks: string[] }> {
  const [message] = (await once(child, 'message')) as [{ worker: number; tasks: string[] }];
  return message;
}

test('a full disk of our own loses nothing: the attempt ends once its end can be stored', async () => {
  const core = await open();
  const full = Object.assign(new Error('could not extend file "base/5/16494": No space left on device'), { code: '53100' });
  const succeed = vi.spyOn(core.jobs, 'succeed').mockRejectedValueOnce(full);
  const fail = vi.spyOn(core.jobs, 'fail').mockRejectedValueOnce(full);
  const [good, bad] = await submit(core, ['fake{windows=1}', 'fake{fail=media_no_audio}']);
  expect(await final(core.jobs, good)).toMatchObject({ state: 'succeeded', attempt: 1, error: null });
  expect(await final(core.jobs, bad)).toMatchObject({ state: 'failed', attempt: 1, error: { code: 'media_no_audio' } });
  expect([succeed.mock.calls.length, fail.mock.calls.length]).toEqual([2, 2]);
  await untilReleased(core, core.dataRoot);
});
