/** What the puller makes of answers that come at an awkward moment, and of what a killed process has left on disk. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTick } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { JobFolder } from '../../src/pull/job-folder.ts';
import type { RawAnswer } from '../../src/pull/read-answer.ts';
import { temporaryFolder } from '../run-worker.ts';
import { forever, runPuller, scripted, scriptedServer } from './one-job-server.ts';

const json = (body: unknown): RawAnswer => ({ status: 200, contentType: 'application/json', text: JSON.stringify(body) });

it('a stop that comes right behind its job is heeded, and nothing is said of the job', async () => {
  const taken = Promise.withResolvers<void>();
  const stopRead = Promise.withResolvers<void>();
  const takes = [{ id: 'job-1', input: scripted('windows=1,hang-after=0') }];
  const stops = [['job-1']];
  const posts: string[] = [];
  const server = scriptedServer({
    take: async (_want, _inProgress, signal) => {
      taken.resolve();
      const job = takes.shift();
      return job ? json(job) : await forever(signal);
    },
    stop: async (signal) => {
      await taken.promise;
      await nextTick();
      const ids = stops.shift();
      if (ids) return json({ jobsToStop: ids });
      stopRead.resolve();
      return await forever(signal);
    },
    post: async (_jobId, body) => posts.push(body) && 200,
  });
  const { dataRoot } = await runPuller(server);
  await stopRead.promise;
  await expect.poll(() => readdir(path.join(dataRoot, 'jobs')), { timeout: 20_000 }).toEqual([]);
  await expect.poll(() => readdir(path.join(dataRoot, 'tasks'))).toEqual([]);
  expect(posts).toEqual([]);
});

it('what a killed process has half made or half removed of a job goes at the next start; what cannot be read stays', async () => {
  const root = await temporaryFolder();
  const whole = await JobFolder.create(root, { id: 'job-1', input: {} });
  await mkdir(path.join(root, 'half'));
  await writeFile(path.join(root, 'half', 'audio'), 'RIFF');
  await mkdir(path.join(root, 'torn'));
  await writeFile(path.join(root, 'torn', 'job.json'), '{"jobId"');
  const found = await JobFolder.readAll(root, pino({ level: 'silent' }));
  expect(found.map(({ record }) => record)).toEqual([whole.record]);
  expect(await readdir(root)).toEqual([path.basename(path.dirname(whole.audioPath)), 'torn'].toSorted());
});
