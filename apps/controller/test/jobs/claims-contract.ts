/** Who is given which task, and for how long, on whatever database. */
import { AppError } from '@bulk-transcribe/protocol';
import { expect, test } from 'vitest';
import type { JobStoreOptions, OpenJobStore } from '../../src/jobs/open-job-store.ts';
import { claimed, crash, local, newJob, newTask, stateOf, transcript } from './stored-jobs.ts';

export function testClaims(open: (options?: Pick<JobStoreOptions, 'leaseSec'>) => Promise<OpenJobStore>): void {
  test('each task is claimed by one only, however many ask at once', async () => {
    const store = await open();
    const { tasks } = await newJob(store, 'mine', 5);
    const claims = await Promise.all(Array.from({ length: 7 }, () => store.claim(local)));
    expect(claims.flatMap((claim) => claim?.taskId ?? []).toSorted()).toEqual(tasks.map(({ id }) => id).toSorted());
    expect(await store.claim(local)).toBeNull();
  });

  test('sessions take turns, oldest task first within each, whoever came first and however much it queued', async () => {
    const store = await open();
    const many = (await newJob(store, 'many', 6)).tasks;
    const order: (string | undefined)[] = [(await claimed(store)).taskId, (await claimed(store)).taskId];
    const few = (await newJob(store, 'few', 2)).tasks;
    const one = (await newJob(store, 'one', 1)).tasks;
    for (let index = 0; index < 5; index++) order.push((await claimed(store)).taskId);
    // Back again before the others are through: its next turn comes with theirs, not ahead of them.
    const again = (await newJob(store, 'one', 1)).tasks;
    for (let index = 0; index < 3; index++) order.push((await claimed(store)).taskId);
    const expected = [many[0], many[1], many[2], few[0], one[0], many[3], few[1], many[4], again[0], many[5]];
    expect(order).toEqual(expected.map((task) => task?.id));
    expect(await store.claim(local)).toBeNull();
  });

  test('a session that cancelled much of what it queued does not wait behind its own cancelled tasks', async () => {
    const store = await open();
    await store.cancelJob('fickle', (await newJob(store, 'fickle', 9)).id);
    const steady = (await newJob(store, 'steady', 3)).tasks;
    const [fresh] = (await newJob(store, 'fickle', 1)).tasks;
    const order = [await claimed(store), await claimed(store), await claimed(store)].map(({ taskId }) => taskId);
    expect(order).toEqual([steady[0]?.id, fresh?.id, steady[1]?.id]);
  });

  test('a higher priority goes before everything of a lower one, of whatever session', async () => {
    const store = await open();
    const [late] = (await newJob(store, 'mine', 1, -3)).tasks;
    const usual = (await newJob(store, 'mine', 2)).tasks;
    await claimed(store);
    const urgent = (await newJob(store, 'theirs', 2, 3)).tasks;
    const order = [await claimed(store), await claimed(store), await claimed(store), await claimed(store)].map(({ taskId }) => taskId);
    expect(order).toEqual([urgent[0]?.id, urgent[1]?.id, usual[1]?.id, late?.id]);
    expect((await store.job('mine', late?.jobId ?? ''))?.priority).toBe(-3);
  });

  test('a cancelled task that waited is not claimed any more', async () => {
    const store = await open();
    await store.cancelTask('mine', (await newTask(store)).id);
    expect(await store.claim(local)).toBeNull();
  });

  test('a claim without a heartbeat runs out; its task goes back to its place and loses none of its attempts', async () => {
    const store = await open({ leaseSec: 0 });
    const [task, next] = (await newJob(store, 'mine', 2)).tasks;
    const lost = await claimed(store);
    expect(await store.expired()).toEqual([{ taskId: task?.id, attempt: 1 }]);
    const reason = new AppError('worker_unavailable', 'It has not answered for too long.');
    expect(await store.release(lost, reason)).toBe(true);
    expect(await store.release(lost, reason), 'only once').toBe(false);
    expect(await store.task('mine', task?.id ?? '')).toMatchObject({ state: 'queued', worker: null, error: { code: 'worker_unavailable' } });
    expect(await store.succeed(lost, transcript), 'what the silent worker says later is dropped').toBe(false);
    expect(await store.settlements('local')).toEqual([{ taskId: task?.id, attempt: 1 }]);
    for (const attempt of [2, 3, 4]) {
      const again = await claimed(store);
      expect(again).toMatchObject({ taskId: task?.id, attempt });
      await store.fail(again, crash);
    }
    expect(await stateOf(store, task?.id ?? '')).toBe('failed');
    expect(await claimed(store)).toMatchObject({ taskId: next?.id });
  });

  test('a heartbeat renews the claims it names, and no others', async () => {
    // Far longer than a busy machine takes for one question.
    const store = await open({ leaseSec: 4 });
    await newJob(store, 'mine', 2);
    const [kept, lost] = [await claimed(store), await claimed(store)];
    expect(await store.expired()).toEqual([]);
    await store.renew([]);
    // The database's own clock decides; a heartbeat meanwhile is what a dispatcher does.
    while ((await store.expired()).length === 0) await store.renew([kept]);
    expect(await store.expired()).toEqual([{ taskId: lost.taskId, attempt: 1 }]);
  });
}
