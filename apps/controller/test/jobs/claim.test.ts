/** Which tasks a worker is given that does not take all kinds. */
import { type Compute, defaultOptions } from '@bulk-transcribe/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { openJobStore } from '../../src/jobs/open-job-store.ts';
import type { TaskKind } from '../../src/jobs/task-kind.ts';
import { quiet, temporaryDataRoot } from '../database/template.ts';
import { local, newJob } from './stored-jobs.ts';

async function open() {
  const store = await openJobStore({ dataRoot: await temporaryDataRoot(), log: quiet, retryDelaySec: 0 });
  onTestFinished(() => store.close());
  const queue = async (compute: Compute, model = defaultOptions.model): Promise<string> => {
    const { tasks } = await newJob(store, 'mine', 1);
    const [recordingId = ''] = tasks.map(({ recording }) => recording.id);
    await store.deleteJob('mine', tasks[0]?.jobId ?? '').catch(() => undefined);
    await store.addRecording('mine', { id: recordingId, name: 'a', size: 1, sha256: 'a'.repeat(64) });
    const job = await store.createJob('mine', { name: 'Job', options: { ...defaultOptions, model }, recordingIds: [recordingId], compute });
    return job.tasks[0]?.id ?? '';
  };
  const claim = (takes: (kind: TaskKind) => boolean, why = '') => store.claim(local, { takes, why: () => why });
  return { store, queue, claim };
}

test('a worker passes by what is not for it, and takes the oldest of the rest', async () => {
  const { store, queue, claim } = await open();
  const [gpu, large, auto, cpu] = [await queue('gpu'), await queue('auto', 'large v3'), await queue('auto'), await queue('cpu')];
  expect(await store.waitingKinds()).toEqual([
    { compute: 'auto', model: 'large v3' },
    { compute: 'auto', model: defaultOptions.model },
    { compute: 'cpu', model: defaultOptions.model },
    { compute: 'gpu', model: defaultOptions.model },
  ]);
  expect(await claim(() => false)).toBeNull();
  const mine = ({ compute, model }: TaskKind): boolean => compute !== 'gpu' && model === defaultOptions.model;
  expect([(await claim(mine))?.taskId, (await claim(mine))?.taskId, await claim(mine)]).toEqual([auto, cpu, null]);
  expect((await claim(({ model }) => model === 'large v3'))?.taskId).toBe(large);
  expect((await claim(() => true))?.taskId).toBe(gpu);
  expect(await store.waitingKinds()).toEqual([]);
});

test('the reason why it comes there stays with the task; a task keeps its kind when it waits again', async () => {
  const { store, queue, claim } = await open();
  const id = await queue('gpu');
  const attempt = await claim(() => true, 'The pod is gone.');
  expect((await store.task('mine', id))?.worker).toEqual({ ...local, why: 'The pod is gone.' });
  if (!attempt) throw new Error('It waited.');
  await store.cancelTask('mine', id);
  await store.retryTask('mine', id);
  expect(await claim(({ compute }) => compute !== 'gpu')).toBeNull();
  expect((await claim(({ compute }) => compute === 'gpu'))?.taskId).toBe(id);
});

test('a task that was queued while a worker looked, and is not for it, is left where it is', async () => {
  const { store, queue, claim } = await open();
  const id = await queue('gpu');
  let looks = 0;
  // Fit at the first look, not at the second: as if another kind had come in between.
  expect(await claim(() => looks++ === 0)).toBeNull();
  expect((await store.task('mine', id))?.state).toBe('queued');
  expect((await claim(() => true))?.taskId).toBe(id);
});
