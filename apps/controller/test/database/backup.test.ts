/** docs/backup.md, tried: copies of DATA_ROOT, and folders of older versions. */
import { randomUUIDv7 } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Job, Recording, Transcript } from '@bulk-transcribe/protocol';
import { defaultOptions } from '@bulk-transcribe/protocol';
import { readSettings } from '@bulk-transcribe/service';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { settingsTable } from '../../src/config.ts';
import { migrate } from '../../src/database/migrate.ts';
import { migrations } from '../../src/database/migrations/index.ts';
import { openEmbedded } from '../../src/database/open-embedded.ts';
import { openJobStore } from '../../src/jobs/open-job-store.ts';
import { TaskQueue } from '../../src/jobs/task-queue.ts';
import { createMetrics } from '../../src/metrics.ts';
import { openModels } from '../../src/models/open-models.ts';
import { openRecordingFiles } from '../../src/recordings/recording-files.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import { Uploads } from '../../src/uploads/uploads.ts';
import { saidWorkers } from '../http/said-workers.ts';
import { Browser, upAndReady } from '../http/test-app.ts';
import { claimed, transcript } from '../jobs/stored-jobs.ts';
import { emptyFolder, quiet, temporaryDataRoot } from './template.ts';

/** The controller on a folder, without a worker. */
async function serve(dataRoot: string) {
  const config = readSettings(settingsTable, { DATA_ROOT: dataRoot }, dataRoot);
  const jobs = await openJobStore({ dataRoot, log: quiet });
  const files = await openRecordingFiles({ dataRoot, maxBytes: config.MAX_UPLOAD_BYTES });
  await files.removeOrphans((ids) => jobs.existingRecordings(ids));
  const identity = { version: '0', gitCommit: 'c0ffee', buildTime: 'now' };
  const metrics = createMetrics({ taskCounts: () => jobs.taskCounts(), dataRoot });
  const { SESSION_QUOTA_BYTES: quotaBytes, UPLOAD_EXPIRY_MS: expiryMs } = config;
  const uploads = await Uploads.open({ dataRoot, jobs, files, quotaBytes, expiryMs, log: quiet });
  const app = await buildApp({
    config,
    identity,
    jobs,
    files,
    uploads,
    metrics,
    models: openModels({ config, log: quiet }),
    remote: await openRemote({ config, log: quiet }),
    workers: saidWorkers(() => upAndReady),
    log: quiet,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  let open = true;
  const close = async () => {
    if (!open) return;
    open = false;
    await app.close();
    uploads.close();
    await jobs.close();
  };
  onTestFinished(close);
  return { jobs, url, close };
}

test('a copy of a stopped DATA_ROOT opens and serves: the same browser finds its transcript and its recording', async () => {
  const dataRoot = await temporaryDataRoot();
  const first = await serve(dataRoot);
  const ann = new Browser(first.url);
  const { id } = (await ann.upload<Recording>('talk.wav', 'the sound')).body;
  const job = (await ann.post<Job>('/api/jobs', { recordingIds: [id] })).body;
  await first.jobs.succeed(await claimed(first.jobs), transcript);
  const { id: waiting } = (await ann.upload<Recording>('next.wav', 'more sound')).body;
  await ann.post<Job>('/api/jobs', { recordingIds: [waiting] });
  await first.close();

  const copy = path.join(await emptyFolder(), 'copy');
  await cp(dataRoot, copy, { recursive: true });
  const second = await serve(copy);
  const later = new Browser(second.url);
  later.cookie = ann.cookie;
  expect((await later.json<Job[]>('/api/jobs')).body.map(({ tasks }) => tasks[0]?.state)).toEqual(['queued', 'succeeded']);
  expect((await later.json<Transcript>(`/api/tasks/${job.tasks[0]?.id}/transcript`)).body).toEqual(transcript);
  expect(await (await later.fetch(`/api/recordings/${id}/media`)).text()).toBe('the sound');
  expect((await claimed(second.jobs)).recording.id, 'what waited goes on').toBe(waiting);
  expect((await new Browser(second.url).json<Job[]>('/api/jobs')).body, 'and it is still private').toEqual([]);
});

/** A folder as the version with these first migrations would have left it: one job that is through, one that waits. */
async function olderDataRoot(level: number): Promise<string> {
  const dataRoot = await emptyFolder();
  const { database, close } = await openEmbedded(dataRoot);
  await migrate(database, migrations.slice(0, level));
  const queue = await TaskQueue.open({ database, log: quiet, retryDelaySec: 0 });
  await mkdir(path.join(dataRoot, 'recordings'));
  for (const state of ['succeeded', 'queued'] as const) {
    const [recording, job, task] = [randomUUIDv7(), randomUUIDv7(), randomUUIDv7()];
    await writeFile(path.join(dataRoot, 'recordings', recording), 'sound');
    const end = state === 'succeeded' ? sql`now()` : sql`NULL`;
    // Only columns that the first version had, and what a later one demands.
    const kind = level < 6 ? { column: sql``, value: sql`` } : { column: sql`, kind`, value: sql`, ${`auto ${defaultOptions.model}`}` };
    await sql`INSERT INTO recording (id, session_id, name, size, sha256) VALUES (${recording}, 'mine', ${state}, 5, ${'a'.repeat(64)})`.execute(
      database.sql,
    );
    await sql`INSERT INTO job (id, session_id, name, options) VALUES (${job}, 'mine', ${state}, ${JSON.stringify(defaultOptions)})`.execute(
      database.sql,
    );
    await sql`INSERT INTO task (id, session_id, job_id, recording_id, position, state, finished_at${kind.column})
              VALUES (${task}, 'mine', ${job}, ${recording}, 0, ${state}, ${end}${kind.value})`.execute(database.sql);
    if (state === 'queued') await database.transaction((tx) => queue.append(tx, [{ id: task, priority: 0, turn: 1 }]));
    else await sql`INSERT INTO transcript (task_id, document) VALUES (${task}, ${JSON.stringify(transcript)})`.execute(database.sql);
  }
  await queue.close();
  await close();
  return dataRoot;
}

const olderVersions = Array.from({ length: migrations.length - 1 }, (_, index) => index + 1);

test.each(olderVersions)('a DATA_ROOT of an older version is brought up to date, with all that it holds: version %i', async (level) => {
  const store = await openJobStore({ dataRoot: await olderDataRoot(level), log: quiet });
  try {
    const jobs = await store.jobs('mine');
    expect(jobs.map(({ name, kept, compute, tasks }) => [name, kept, compute, tasks[0]?.state])).toEqual([
      ['queued', false, 'auto', 'queued'],
      ['succeeded', false, 'auto', 'succeeded'],
    ]);
    expect(await store.transcript('mine', jobs[1]?.tasks[0]?.id ?? '')).toEqual(transcript);
    expect((await claimed(store)).taskId, 'what waited goes on').toBe(jobs[0]?.tasks[0]?.id);
  } finally {
    await store.close();
  }
});
