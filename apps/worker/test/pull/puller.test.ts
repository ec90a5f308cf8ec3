/** What the puller makes of answers that come at an awkward moment, and of what a killed process has left on disk. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as nextTick } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { JobFolder } from '../../src/pull/job-folder.ts';
import { JobServer } from '../../src/pull/job-server.ts';
import type { RawAnswer } from '../../src/pull/read-answer.ts';
import { temporaryFolder } from '../run-worker.ts';
import { addressesAt, runPuller, scripted } from './one-job-server.ts';

const json = (body: unknown): RawAnswer => ({ status: 200, contentType: 'application/json', text: JSON.stringify(body) });
const held = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

/** Hands out one job, and says at once that it is to be stopped. */
class HastyServer extends JobServer {
  readonly posts: string[] = [];
  readonly #job: object;
  readonly #taken = Promise.withResolvers<void>();
  readonly #stopRead = Promise.withResolvers<void>();
  #handedOut = false;
  #toldToStop = false;

  constructor(job: object) {
    super({ addresses: addressesAt('http://127.0.0.1:9'), workerId: 'worker-1', userAgent: 'test' });
    this.#job = job;
  }

  /** Resolves once the worker has read which job to stop. */
  get stopRead(): Promise<void> {
    return this.#stopRead.promise;
  }

  override async take(_want: number, _inProgress: number, signal: AbortSignal): Promise<RawAnswer> {
    if (this.#handedOut) return await held(signal);
    this.#handedOut = true;
    this.#taken.resolve();
    return json(this.#job);
  }

  override async stop(signal: AbortSignal): Promise<RawAnswer | null> {
    if (this.#toldToStop) {
      this.#stopRead.resolve();
      return await held(signal);
    }
    await this.#taken.promise;
    await nextTick();
    this.#toldToStop = true;
    return json({ jobsToStop: ['job-1'] });
  }

  override async post(_jobId: string, body: string): Promise<number> {
    this.posts.push(body);
    return 200;
  }
}

it('a stop that comes right behind its job is heeded, and nothing is said of the job', async () => {
  const server = new HastyServer({ id: 'job-1', input: scripted('windows=1,hang-after=0') });
  const { dataRoot } = await runPuller(server);
  await server.stopRead;
  await expect.poll(() => readdir(path.join(dataRoot, 'jobs')), { timeout: 20_000 }).toEqual([]);
  await expect.poll(() => readdir(path.join(dataRoot, 'tasks'))).toEqual([]);
  expect(server.posts).toEqual([]);
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
