/** What every job store promises, on whatever database: run against a freshly opened one. */
import { randomUUIDv7 } from 'node:crypto';
import { AppError, defaultOptions } from '@bulk-transcribe/protocol';
import { expect, test } from 'vitest';
import type { JobStoreOptions, OpenJobStore } from '../../src/jobs/open-job-store.ts';
import { addRecordings, claimed, crash, local, newJob, newTask, nextEvents, someProgress, stateOf, told, transcript } from './stored-jobs.ts';

export function testJobStore(open: (options?: Pick<JobStoreOptions, 'leaseSec'>) => Promise<OpenJobStore>): void {
  test('a name is kept as far as it can be: without NUL and half characters, at most 1,000 long', async () => {
    const store = await open();
    const name = async (given: string) =>
      (await store.addRecording('mine', { id: randomUUIDv7(), name: given, size: 1, sha256: 'a'.repeat(64) })).name;
    expect(await name('a\0b\ud83c.mp3')).toBe('ab\ufffd.mp3');
    expect(await name('x'.repeat(3000))).toBe('x'.repeat(1000));
  });

  test('a job holds its recordings as queued tasks, in the order given, each once', async () => {
    const store = await open();
    const [one = '', two = ''] = await addRecordings(store, 'mine', 2);
    const job = await store.createJob('mine', { name: 'n', options: defaultOptions, recordingIds: [two, one, two] });
    expect(job.tasks.map(({ recording }) => recording.id)).toEqual([two, one]);
    expect(job.tasks.map(({ state, attempt }) => ({ state, attempt }))).toEqual([
      { state: 'queued', attempt: 0 },
      { state: 'queued', attempt: 0 },
    ]);
    expect(await store.job('mine', job.id)).toEqual(job);
    expect(await store.jobs('mine')).toEqual([job]);
  });

  test('names may hold anything a client calls its file', async () => {
    const store = await open();
    const id = randomUUIDv7();
    const recording = await store.addRecording('mine', { id, name: "../a'; DROP TABLE job;\0 🎙\ud800", size: 5e9, sha256: 'b'.repeat(64) });
    expect(recording).toMatchObject({ id, name: "../a'; DROP TABLE job; 🎙\ufffd", size: 5e9 });
    expect(await store.recording('mine', id)).toEqual(recording);
    expect(await store.existingRecordings([id, randomUUIDv7()])).toEqual(new Set([id]));
  });

  test('a job with a recording that is not there is refused by name and leaves nothing, nor a queue entry', async () => {
    const store = await open();
    const [mine = ''] = await addRecordings(store, 'mine', 1);
    const [theirs = ''] = await addRecordings(store, 'theirs', 1);
    const refused = store.createJob('mine', { name: 'n', options: defaultOptions, recordingIds: [mine, theirs] });
    await expect(refused).rejects.toMatchObject({ code: 'not_found', message: `There is no recording ${theirs}.` });
    expect(await store.jobs('mine')).toEqual([]);
    expect(await store.lastEventId('mine')).toBe(0);
    expect(await store.claim(local)).toBeNull();
  });

  test('what belongs to another session does not exist', async () => {
    const store = await open();
    const job = await newJob(store);
    const [task] = job.tasks;
    const id = task?.id ?? '';
    expect(await store.recording('theirs', task?.recording.id ?? '')).toBeNull();
    expect(await store.job('theirs', job.id)).toBeNull();
    expect(await store.task('theirs', id)).toBeNull();
    expect(await store.jobs('theirs')).toEqual([]);
    expect(await store.transcript('theirs', id)).toBeNull();
    expect(await store.lastEventId('theirs')).toBe(0);
    const changes = [() => store.cancelTask('theirs', id), () => store.retryTask('theirs', id), () => store.deleteJob('theirs', job.id)];
    for (const change of changes) {
      await expect(change()).rejects.toMatchObject({ code: 'not_found' });
    }
    await expect(store.deleteRecording('theirs', task?.recording.id ?? '')).rejects.toMatchObject({ code: 'not_found' });
    await expect(store.taskFinal('theirs', id, AbortSignal.timeout(20_000))).rejects.toMatchObject({ code: 'not_found' });
    expect(await stateOf(store, id)).toBe('queued');
  });

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

  test('a cancelled job has every task cancelled that was not over, with one event each, and its workers are told', async () => {
    const store = await open();
    const job = await newJob(store, 'mine', 4);
    const done = await claimed(store);
    await store.succeed(done, transcript);
    const working = await claimed(store);
    const lastId = await store.lastEventId('mine');
    const cancelled = await store.cancelJob('mine', job.id);
    expect(cancelled.tasks.map(({ state }) => state)).toEqual(['succeeded', 'cancelled', 'cancelled', 'cancelled']);
    expect(await store.cancelJob('mine', job.id)).toEqual(cancelled);
    expect((await nextEvents(store, { lastId, count: 3 })).map(told)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(await store.succeed(working, transcript)).toBe(false);
    expect(await store.settlements('local')).toContainEqual({ taskId: working.taskId, attempt: 1 });
    expect(await store.claim(local)).toBeNull();
    await expect(store.cancelJob('theirs', job.id)).rejects.toMatchObject({ code: 'not_found' });
  });

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

  test('a heartbeat renews the claims it names, and no others', async () => {
    const store = await open({ leaseSec: 1 });
    await newJob(store, 'mine', 2);
    const [kept, lost] = [await claimed(store), await claimed(store)];
    expect(await store.expired()).toEqual([]);
    await store.renew([]);
    // The database's own clock decides; a heartbeat meanwhile is what a dispatcher does.
    while ((await store.expired()).length === 0) await store.renew([kept]);
    expect(await store.expired()).toEqual([{ taskId: lost.taskId, attempt: 1 }]);
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

  test('a cancelled task that waited is not claimed any more', async () => {
    const store = await open();
    await store.cancelTask('mine', (await newTask(store)).id);
    expect(await store.claim(local)).toBeNull();
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

  test('a deleted job is gone with all that only it used, and its worker is told', async () => {
    const store = await open();
    const job = await newJob(store, 'mine', 2);
    const [one, two] = job.tasks;
    await store.createJob('mine', { name: 'other', options: defaultOptions, recordingIds: [two?.recording.id ?? ''] });
    const claim = await claimed(store);
    expect(await store.deleteJob('mine', job.id)).toEqual([one?.recording.id]);
    expect(await store.job('mine', job.id)).toBeNull();
    expect(await store.succeed(claim, transcript)).toBe(false);
    expect(await store.settlements('local')).toEqual([{ taskId: claim.taskId, attempt: 1 }]);
    expect((await nextEvents(store, { count: 2 })).map(told)).toEqual(['job', 'job-deleted']);
    expect(await claimed(store)).toMatchObject({ recording: { id: two?.recording.id } });
    expect(await store.claim(local)).toBeNull();
  });

  test('what is stored is counted over all sessions, the bytes that one session has twice once', async () => {
    const store = await open();
    await newJob(store, 'mine', 2);
    await newTask(store, 'theirs');
    await store.succeed(await claimed(store), transcript);
    const { database, ...amounts } = await store.storedAmounts();
    expect(amounts).toEqual({ recordings: { count: 3, bytes: 2000 }, transcripts: 1, sessions: 2 });
    expect(database.version).toMatch(/^\d+/);
    expect(database.bytes).toBeGreaterThan(1_000_000);
  });

  test('a recording goes only when no job uses it', async () => {
    const store = await open();
    const { recording, jobId } = await newTask(store);
    await expect(store.deleteRecording('mine', recording.id)).rejects.toMatchObject({ code: 'conflict' });
    await store.deleteJob('mine', jobId);
    const [unused = ''] = await addRecordings(store, 'mine', 1);
    await store.deleteRecording('mine', unused);
    expect(await store.existingRecordings([recording.id, unused])).toEqual(new Set());
  });

  test('a session finds its unused recordings and its bytes, each counted once, and nobody else’s', async () => {
    const store = await open();
    const add = (session: string, size: number, letter: string) =>
      store.addRecording(session, { id: randomUUIDv7(), name: letter, size, sha256: letter.repeat(64) });
    const [one, twin, other] = [await add('mine', 1000, 'a'), await add('mine', 1000, 'a'), await add('mine', 5e9, 'b')];
    await add('theirs', 7, 'c');
    expect(await store.storedBytes('mine')).toBe(5e9 + 1000);
    expect(await store.storedBytes('nobody')).toBe(0);
    expect(await store.recordingWithBytes('mine', other)).toEqual(other);
    expect(await store.recordingWithBytes('mine', { size: 1, sha256: other.sha256 })).toBeNull();
    expect(await store.recordingWithBytes('theirs', other)).toBeNull();
    expect(await store.unusedRecordings('mine')).toEqual([one, twin, other]);
    await store.createJob('mine', { name: 'n', options: defaultOptions, recordingIds: [twin.id] });
    expect(await store.unusedRecordings('mine')).toEqual([one, other]);
  });

  test('who waits for the end of a task hears of it, of its deletion, and of the wait being broken off', async () => {
    const store = await open();
    const [one, two] = (await newJob(store, 'mine', 2)).tasks;
    const never = new AbortController();
    const finished = store.taskFinal('mine', one?.id ?? '', never.signal);
    const broken = store.taskFinal('mine', two?.id ?? '', never.signal);
    await store.fail(await claimed(store), new AppError('media_empty', 'Empty.'));
    expect(await finished).toMatchObject({ id: one?.id, state: 'failed' });
    never.abort(new Error('client is gone'));
    await expect(broken).rejects.toThrow('client is gone');
    const deleted = store.taskFinal('mine', two?.id ?? '', AbortSignal.timeout(20_000));
    await Promise.all([expect(deleted).rejects.toMatchObject({ code: 'not_found' }), store.deleteJob('mine', one?.jobId ?? '')]);
  });
}
