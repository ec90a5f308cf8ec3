/** How the attempts of a task go on and end, on whatever database. */
import { AppError, defaultOptions } from '@bulk-transcribe/protocol';
import { expect, test } from 'vitest';
import type { OpenJobStore } from '../../src/jobs/open-job-store.ts';
import { claimed, crash, local, newJob, newTask, nextEvents, someProgress, stateOf, told, transcript } from './stored-jobs.ts';

export function testAttempts(open: () => Promise<OpenJobStore>): void {
  test('an attempt goes queued, dispatched, running, succeeded, and each step is an event', async () => {
    const store = await open();
    const task = await newTask(store);
    const claim = await claimed(store);
    expect(claim).toMatchObject({ taskId: task.id, attempt: 1, options: defaultOptions, recording: task.recording });
    expect(await store.update(claim, someProgress)).toBe(true);
    expect(await store.succeed(claim, transcript)).toBe(true);
    const [created, dispatched, running, succeeded] = await nextEvents(store, { count: 4 });
    expect(created?.event).toMatchObject({ type: 'job', job: { tasks: [task] } });
    expect(dispatched?.event).toMatchObject({ task: { state: 'dispatched', attempt: 1, worker: local } });
    expect(running?.event).toMatchObject({ task: { state: 'running', ...someProgress } });
    expect(succeeded?.event).toMatchObject({ task: { state: 'succeeded', warnings: 1, progress: { doneSec: 9, totalSec: 9 }, error: null } });
    expect(await store.transcript('mine', task.id)).toEqual(transcript);
  });

  test('of two ends of one attempt that race, one counts', async () => {
    const store = await open();
    const task = await newTask(store);
    const claim = await claimed(store);
    const ends = await Promise.all([store.succeed(claim, transcript), store.succeed(claim, transcript)]);
    expect(ends.toSorted()).toEqual([false, true]);
    expect(await store.fail(claim, crash)).toBe(false);
    expect(await stateOf(store, task.id)).toBe('succeeded');
    expect((await nextEvents(store, { count: 3 })).map(told)).toEqual(['job', 'dispatched', 'succeeded']);
  });

  test('an attempt that was cancelled can neither go on nor succeed', async () => {
    const store = await open();
    const task = await newTask(store);
    const claim = await claimed(store);
    expect(await store.cancelTask('mine', task.id)).toMatchObject({ state: 'cancelled' });
    expect(await store.holds(claim)).toBe(false);
    expect(await store.update(claim, someProgress)).toBe(false);
    expect(await store.succeed(claim, transcript)).toBe(false);
    expect(await store.fail(claim, crash)).toBe(false);
    expect(await store.cancelTask('mine', task.id)).toMatchObject({ state: 'cancelled' });
    expect(await store.transcript('mine', task.id)).toBeNull();
  });

  test('what an older attempt says is dropped', async () => {
    const store = await open();
    const task = await newTask(store);
    const old = await claimed(store);
    await store.cancelTask('mine', task.id);
    expect(await store.retryTask('mine', task.id)).toMatchObject({ state: 'queued', error: null });
    const current = await claimed(store);
    expect(current.attempt).toBe(2);
    expect(await store.succeed(old, transcript)).toBe(false);
    expect(await store.succeed(current, transcript)).toBe(true);
  });

  test('finished windows are kept from attempt to attempt, each once, until the transcript has them', async () => {
    const store = await open();
    const { id: taskId } = await newTask(store);
    const window = (index: number, end = index + 1) => ({ index, start: index, end, segments: [], warnings: [] });
    const first = await claimed(store);
    expect(await store.finishedWindows(taskId)).toEqual([]);
    expect(await store.keepWindows(first, [window(0), window(1)])).toBe(true);
    expect(await store.keepWindows(first, [window(2)])).toBe(true);
    await store.fail(first, crash);
    expect(await store.keepWindows(first, [window(3)]), 'an attempt that is over adds none').toBe(false);
    const second = await claimed(store);
    expect(await store.finishedWindows(taskId)).toEqual([window(0), window(1), window(2)]);
    expect(await store.windowsSoFar('mine', taskId)).toEqual([window(0), window(1), window(2)]);
    expect(await store.windowsSoFar('another', taskId)).toEqual([]);
    await store.keepWindows(second, [window(1, 1.5)]);
    expect(await store.finishedWindows(taskId), 'one that lies elsewhere ends what was behind it').toEqual([window(0), window(1, 1.5)]);
    await store.keepWindows(second, [window(3)]);
    expect(await store.finishedWindows(taskId), 'nothing counts behind a gap').toEqual([window(0), window(1, 1.5)]);
    await store.succeed(second, transcript);
    expect(await store.finishedWindows(taskId)).toEqual([]);
  });

  test('an error that another attempt may cure leads to three attempts, then to failed with the last error', async () => {
    const store = await open();
    const { id } = await newTask(store);
    for (const attempt of [1, 2, 3]) {
      const claim = await claimed(store);
      expect(claim.attempt).toBe(attempt);
      await store.fail(claim, new AppError('engine_crashed', `Crash ${attempt}.`));
      expect(await store.task('mine', id)).toMatchObject({ state: attempt < 3 ? 'queued' : 'failed', error: { message: `Crash ${attempt}.` } });
    }
    expect(await store.claim(local)).toBeNull();
  });

  test('an error that no attempt can cure fails the task at once; its owner may start it again with three attempts', async () => {
    const store = await open();
    const { id } = await newTask(store);
    await store.fail(await claimed(store), new AppError('media_no_audio', 'No audio.'));
    expect(await store.task('mine', id)).toMatchObject({ state: 'failed', error: { code: 'media_no_audio' } });
    await expect(store.cancelTask('mine', id)).resolves.toMatchObject({ state: 'failed' });
    await store.retryTask('mine', id);
    await expect(store.retryTask('mine', id)).rejects.toMatchObject({ code: 'conflict' });
    for (const attempt of [2, 3, 4]) {
      const claim = await claimed(store);
      expect(claim.attempt).toBe(attempt);
      await store.fail(claim, crash);
    }
    expect(await stateOf(store, id)).toBe('failed');
  });

  test('a full disk or a missing worker costs no attempt: the task waits with that reason for as long as it takes', async () => {
    const store = await open();
    const { id } = await newTask(store);
    for (const attempt of [1, 2, 3, 4, 5]) {
      expect(await store.fail(await claimed(store), new AppError('disk_full', 'The disk of the worker is full.'))).toBe(true);
      expect(await store.task('mine', id)).toMatchObject({ state: 'queued', attempt, error: { code: 'disk_full' } });
    }
    await store.succeed(await claimed(store), transcript);
    expect(await store.task('mine', id)).toMatchObject({ state: 'succeeded', error: null });
  });

  test('a worker is told about every attempt that is over, until it has answered', async () => {
    const store = await open();
    await newJob(store, 'mine', 3);
    const [done, lost, stopped] = [await claimed(store), await claimed(store), await claimed(store)];
    expect(await store.settlements('local')).toEqual([]);
    expect((await store.inFlight('local')).map(({ taskId }) => taskId)).toEqual([done, lost, stopped].map(({ taskId }) => taskId));
    await store.succeed(done, transcript);
    await store.fail(lost, crash);
    await store.cancelTask('mine', stopped.taskId);
    const owed = [done, lost, stopped].map(({ taskId, attempt }) => ({ taskId, attempt }));
    expect(new Set(await store.settlements('local'))).toEqual(new Set(owed));
    expect(await store.settlements('another')).toEqual([]);
    for (const attempt of owed) await store.settled(attempt);
    expect(await store.settlements('local')).toEqual([]);
    expect(await store.inFlight('local')).toEqual([]);
  });
}
