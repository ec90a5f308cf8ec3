/** What is deleted, and that it is really gone: rows, files, and in the worker. On the real database. */
import { readdir, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { defaultOptions, type Job } from '@bulk-transcribe/protocol';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { jobStoreOver } from '../../src/jobs/open-job-store.ts';
import { TaskQueue } from '../../src/jobs/task-queue.ts';
import { openRecordingFiles } from '../../src/recordings/recording-files.ts';
import { deleteExpired, startRetention } from '../../src/retention.ts';
import { quiet, temporaryDataRoot } from '../database/template.ts';
import { claimed, transcript } from './stored-jobs.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const after = (days: number): Date => new Date(Date.now() + days * DAY_MS);

async function openAll() {
  const dataRoot = await temporaryDataRoot();
  const { database, close } = await openDatabase(dataRoot);
  const queue = await TaskQueue.open({ database, log: quiet, retryDelaySec: 0 });
  const store = Object.assign(jobStoreOver(database, queue), { close: async () => undefined });
  const files = await openRecordingFiles({ dataRoot, maxBytes: 1e6 });
  onTestFinished(async () => {
    store.stop();
    await queue.close();
    await close();
  });
  const add = async (session: string): Promise<string> => {
    const file = await files.store({ bytes: Readable.from([Buffer.from('sound')]), expectedSize: undefined, signal: new AbortController().signal });
    await store.addRecording(session, { ...file, name: 'a.mp3' });
    return file.id;
  };
  const addJob = async (session: string, recordings = 1): Promise<Job> => {
    const recordingIds: string[] = [];
    for (let i = 0; i < recordings; i++) recordingIds.push(await add(session));
    return store.createJob(session, { name: 'Job', options: defaultOptions, recordingIds });
  };
  /** Works through the queue. */
  const finish = async (count: number) => {
    for (let i = 0; i < count; i++) await store.succeed(await claimed(store), transcript);
  };
  const expire = (now: Date, days: { RETENTION_DAYS?: number; UNUSED_RECORDING_DAYS?: number }) =>
    deleteExpired({ jobs: store, files, log: quiet, config: { RETENTION_DAYS: 0, UNUSED_RECORDING_DAYS: 0, ...days } }, now);
  return { store, database, files, add, addJob, finish, expire };
}

/** How many rows of ours are left in each table. */
async function rows({ database }: Pick<Awaited<ReturnType<typeof openAll>>, 'database'>): Promise<Record<string, number>> {
  const tables = ['recording', 'job', 'task', 'transcript', 'recovery_code', 'pgboss.job'];
  const counts = await Promise.all(
    tables.map((table) => sql<{ n: number }>`SELECT count(*)::int AS n FROM ${sql.table(table)}`.execute(database.sql)),
  );
  return Object.fromEntries(tables.map((table, i) => [table, counts[i]?.rows[0]?.n ?? -1]));
}

const nothing = { recording: 0, job: 0, task: 0, transcript: 0, recovery_code: 0, 'pgboss.job': 0 };

test('a job goes so many days after its last task ended, with transcripts, recordings and files; not a day before', async () => {
  const all = await openAll();
  const { store, files, addJob, finish, expire } = all;
  await addJob('mine', 2);
  await finish(2);
  expect(await expire(after(29.9), { RETENTION_DAYS: 30 })).toBe(0);
  expect(await readdir(files.folder)).toHaveLength(2);
  expect(await expire(after(30.1), { RETENTION_DAYS: 30 })).toBe(2);
  expect(await readdir(files.folder)).toEqual([]);
  expect(await store.jobs('mine')).toEqual([]);
  expect(await rows(all)).toEqual(nothing);
});

test('a job that is not through never goes, nor one that its owner keeps, nor anything while retention is off', async () => {
  const { store, addJob, finish, expire } = await openAll();
  const kept = await addJob('mine');
  await finish(1);
  expect(await store.keepJob('mine', kept.id, true)).toMatchObject({ id: kept.id, kept: true });
  await addJob('mine', 2);
  await finish(1);
  expect(await expire(after(1000), { RETENTION_DAYS: 1 })).toBe(0);
  expect(await expire(after(1000), {})).toBe(0);
  expect(await store.jobs('mine')).toHaveLength(2);
  await store.keepJob('mine', kept.id, false);
  expect(await expire(after(1000), { RETENTION_DAYS: 1 })).toBe(1);
  expect(await store.job('mine', kept.id)).toBeNull();
});

test('a job that is tried again waits for its new end', async () => {
  const { store, addJob, expire } = await openAll();
  const [task] = (await addJob('mine')).tasks;
  await store.cancelTask('mine', task?.id ?? '');
  await store.retryTask('mine', task?.id ?? '');
  expect(await expire(after(1000), { RETENTION_DAYS: 1 })).toBe(0);
});

test('keeping and letting go is told to every page of the session', async () => {
  const { store, addJob } = await openAll();
  const { id } = await addJob('mine');
  const before = await store.lastEventId('mine');
  await store.keepJob('mine', id, true);
  const events = store.events('mine', before, AbortSignal.timeout(90_000))[Symbol.asyncIterator]();
  expect((await events.next()).value).toMatchObject({ event: { type: 'job', job: { id, kept: true } } });
  await expect(store.keepJob('theirs', id, false)).rejects.toMatchObject({ code: 'not_found' });
  expect(await store.job('mine', id)).toMatchObject({ kept: true });
});

test('a recording that no job ever used goes after a week, one in use stays', async () => {
  const { store, files, add, addJob, expire } = await openAll();
  const unused = await add('mine');
  const used = (await addJob('mine')).tasks[0]?.recording.id ?? '';
  expect(await expire(after(6.9), { UNUSED_RECORDING_DAYS: 7 })).toBe(0);
  expect(await expire(after(7.1), { UNUSED_RECORDING_DAYS: 7 })).toBe(1);
  expect(await readdir(files.folder)).toEqual([used]);
  expect(await store.existingRecordings([unused, used])).toEqual(new Set([used]));
});

test('the first round is at start, and closing waits for it', async () => {
  const { store, database, files, addJob, finish } = await openAll();
  await addJob('mine');
  await finish(1);
  await sql`UPDATE task SET finished_at = now() - interval '2 days'`.execute(database.sql);
  const retention = startRetention({ jobs: store, files, log: quiet, config: { RETENTION_DAYS: 1, UNUSED_RECORDING_DAYS: 7 } });
  await expect.poll(() => store.jobs('mine')).toEqual([]);
  await retention.close();
  expect(await readdir(files.folder)).toEqual([]);
});

test('everything of a session goes at once: what runs is cancelled and settled with the worker, files and rows are gone', async () => {
  const all = await openAll();
  const { store, files, add, addJob, finish } = all;
  await addJob('mine');
  await finish(1);
  const running = await addJob('mine', 2);
  const claim = await claimed(store);
  await add('mine');
  await store.keepRecoveryCode('mine', 'a-hash');
  using stopped = store.whenStopped(claim.taskId);
  const deleted = await store.deleteEverything('mine');
  await files.remove(deleted);
  await stopped.next(AbortSignal.timeout(90_000));
  expect(deleted).toHaveLength(4);
  expect(await readdir(files.folder)).toEqual([]);
  expect(await rows(all)).toEqual(nothing);
  expect(await store.succeed(claim, transcript), 'a late result is dropped').toBe(false);
  expect(await store.settlements('local')).toContainEqual({ taskId: running.tasks[0]?.id, attempt: 1 });
  expect(await store.sessionOfRecoveryCode('a-hash')).toBeNull();
  const { rows: events } = await sql<{ type: string }>`SELECT event ->> 'type' AS type FROM event`.execute(all.database.sql);
  expect(
    events.map(({ type }) => type),
    'what is left are the marks for open pages',
  ).toEqual(['job-deleted', 'job-deleted']);
});

test('of another session nothing goes', async () => {
  const all = await openAll();
  const { store, files, addJob } = all;
  const theirs = await addJob('theirs');
  await store.keepRecoveryCode('theirs', 'their-hash');
  await addJob('mine');
  await files.remove(await store.deleteEverything('mine'));
  expect(await store.jobs('theirs')).toEqual([theirs]);
  expect((await stat(files.path(theirs.tasks[0]?.recording.id ?? ''))).size).toBe(5);
  expect(await store.sessionOfRecoveryCode('their-hash')).toBe('theirs');
});

test('a new recovery code takes the place of the one before', async () => {
  const { store } = await openAll();
  await store.keepRecoveryCode('mine', 'one');
  await store.keepRecoveryCode('mine', 'two');
  expect(await store.sessionOfRecoveryCode('one')).toBeNull();
  expect(await store.sessionOfRecoveryCode('two')).toBe('mine');
});

test('tasks are counted by state', async () => {
  const { store, addJob, finish } = await openAll();
  await addJob('mine', 2);
  await addJob('theirs');
  await finish(1);
  expect(await store.taskCounts()).toEqual({ queued: 2, dispatched: 0, running: 0, succeeded: 1, failed: 0, cancelled: 0 });
});

test('a model is in use as long as a task of any session waits for it or runs with it', async () => {
  const { store, add, finish } = await openAll();
  const options = { ...defaultOptions, model: 'tiny' };
  const { id } = await store.createJob('theirs', { name: 'Job', options, recordingIds: [await add('theirs')] });
  await store.createJob('mine', { name: 'Job', options: { ...options, model: 'base' }, recordingIds: [await add('mine')] });
  expect(await store.modelsInUse()).toEqual(new Set(['tiny', 'base']));
  await store.cancelJob('theirs', id);
  expect(await store.modelsInUse()).toEqual(new Set(['base']));
  await finish(1);
  expect(await store.modelsInUse()).toEqual(new Set());
});
