/** What the puller makes of answers that come at an awkward moment, and of what a killed process has left on disk. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTick } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { JobFolder } from '../../src/pull/job-folder.ts';
import type { RawAnswer } from '../../src/pull/read-answer.ts';
import { createFakeEngine } from '../fake-engine.ts';
import { HastyClock } from '../life/hasty-clock.ts';
import { temporaryFolder } from '../run-worker.ts';
import { forever, runPuller, scripted, scriptedServer } from './one-job-server.ts';

const job = (id: string, script: string) => ({ id, input: scripted(script) });
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
  await expect.poll(() => readdir(path.join(dataRoot, 'jobs'))).toEqual([]);
  await expect.poll(() => readdir(path.join(dataRoot, 'tasks'))).toEqual([]);
  expect(posts).toEqual([]);
});

it('takes jobs for every slot, names them all in its pings, and stops one of them alone', async () => {
  const answers = [[job('job-1', 'windows=2,hang-after=1'), job('job-2', 'windows=2,text=two,hang-after=1,times=1')], [job('job-3', 'text=three')]];
  const asked: string[] = [];
  const pinged: string[] = [];
  const ends: string[] = [];
  const stop = Promise.withResolvers<void>();
  const stops = [['job-1']];
  const server = scriptedServer({
    take: async (want, inProgress, signal) => {
      asked.push(`${want} beside ${inProgress}`);
      const jobs = answers.shift();
      return jobs ? json(jobs) : await forever(signal);
    },
    stop: async (signal) => {
      await stop.promise;
      const ids = stops.shift();
      return ids ? json({ jobsToStop: ids }) : await forever(signal);
    },
    ping: async (ids, signal) => {
      pinged.push(ids.toSorted().join(' '));
      return ids.length < 2 ? 200 : await forever(signal);
    },
    post: async (jobId, body) => {
      if (!body.includes('IN_PROGRESS')) ends.push(`${jobId} ${Object.keys(JSON.parse(body) as object).join()}`);
      return 200;
    },
  });
  const { engine, dataRoot } = await runPuller(server, { engine: createFakeEngine({ slots: 3 }), clock: new HastyClock() });
  await expect.poll(() => ends).toEqual(['job-3 output']);
  expect(asked.slice(0, 2)).toEqual(['3 beside 0', '1 beside 2']);
  await expect.poll(() => pinged.at(-1)).toMatch(/^job-1 job-2/);
  expect(engine.aborted).toBe(0);
  stop.resolve();
  await expect.poll(() => engine.aborted).toBe(1);
  await expect.poll(() => readdir(path.join(dataRoot, 'jobs'))).toHaveLength(1);
  expect(ends).toHaveLength(1);
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
