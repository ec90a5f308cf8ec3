/** What every job store promises of jobs and of those who own them, on whatever database. */
import { AppError, defaultOptions } from '@bulk-transcribe/protocol';
import { expect, test } from 'vitest';
import type { OpenJobStore } from '../../src/jobs/open-job-store.ts';
import { addRecordings, claimed, local, newJob, newTask, nextEvents, stateOf, told, transcript } from './stored-jobs.ts';

export function testJobs(open: () => Promise<OpenJobStore>): void {
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
    await expect(store.taskFinal('theirs', id, AbortSignal.timeout(90_000))).rejects.toMatchObject({ code: 'not_found' });
    expect(await stateOf(store, id)).toBe('queued');
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
    const deleted = store.taskFinal('mine', two?.id ?? '', AbortSignal.timeout(90_000));
    await Promise.all([expect(deleted).rejects.toMatchObject({ code: 'not_found' }), store.deleteJob('mine', one?.jobId ?? '')]);
  });
}
