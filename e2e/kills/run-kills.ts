/** Many recordings, and every process killed again and again while they run: is each done, once, as if nothing had happened? */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Job, Transcript } from '@bulk-transcribe/protocol';
import { startCuttingProxy } from '../cutting-proxy.ts';
import { processesFor } from '../processes.ts';
import { type Product, startProduct } from '../product.ts';
import { seeded } from '../seeded.ts';
import { type Fault, inflict, kills, type Target } from './faults.ts';
import { PatientClient } from './patient-client.ts';
import { numberedRecording, variantOf, variants } from './recordings.ts';
import { makeSmallDisk, type SmallDisk } from './small-disk.ts';
import { WorkWatch } from './work-watch.ts';

export interface KillsOptions {
  /** Recordings, at least: where they are through before so many kills, more are sent. */
  readonly files: number;
  readonly kills: number;
  readonly seed: number;
  /** Length of the shortest recording, × 11 s. */
  readonly times: number;
  readonly onNews?: (line: string) => void;
  /** Every line that controller and workers log. */
  readonly onLine?: (line: string) => void;
}

export interface KillsResult {
  readonly files: number;
  readonly faults: Readonly<Record<Fault, number>>;
  /** What is wrong, in words; empty where nothing is. */
  readonly wrong: readonly string[];
  readonly windows: number;
  /** Computations of windows that were finished already. */
  readonly again: number;
  readonly seconds: number;
}

export function killsLine({ files, faults, wrong, windows, again, seconds }: KillsResult, seed: number): string {
  const done = Object.entries(faults).map(([fault, times]) => `${times} ${fault}`);
  return `soak:kills: ${files} recordings, ${done.join(', ')}: ${wrong.length} wrong, ${again} of ${windows} finished windows computed again, ${seconds.toFixed(0)} s, seed ${seed}`;
}

const DISK_BYTES = 1024 ** 3;
/** Recordings in one job. */
const JOB_FILES = 5;
/** Beside the kills: of ten faults one is a full disk and one a cut line. */
const OTHER_SHARE = 0.1;

export async function runKills(options: KillsOptions): Promise<KillsResult> {
  const began = performance.now();
  const disk = await makeSmallDisk(DISK_BYTES);
  const watch = new WorkWatch();
  const onLine = (line: string): void => {
    watch.read(line);
    options.onLine?.(line);
  };
  const place = disk ? { dataRoot: disk.folder, enter: disk.enter } : {};
  const product = await startProduct({ LOG_LEVEL: 'debug', LOG_FORMAT: 'json' }, { ...place, onLine });
  const proxy = await startCuttingProxy({ port: Number(new URL(product.origin).port), cutAt: [] });
  try {
    const client = new PatientClient(proxy.origin);
    await client.open();
    const expected = await undisturbed(client, options);
    const before = watch.count.windows;
    const events = new EventWatch(client);
    const disturbed = new AbortController();
    const work = workUntil(disturbed.signal, client, options);
    const faults = await disturb({ product, disk, proxy, watch, random: seeded(options.seed) }, { ...options, work }).finally(() =>
      disturbed.abort(),
    );
    const { files, jobs } = await work;
    const wrong = [...(await compare(client, { jobs, expected, files })), ...(await events.end())];
    wrong.push(...(await leftovers(product, disk, files + variants.length)));
    const { windows, again } = watch.count;
    return { files, faults, wrong, windows: windows - before, again, seconds: (performance.now() - began) / 1000 };
  } finally {
    await proxy.close();
    await product.remove();
    await disk?.remove();
  }
}

type Content = Omit<Transcript, 'provenance'>;

const contentOf = ({ provenance: _, ...content }: Transcript): Content => content;

/** The transcript of each variant, made while nothing happens. */
async function undisturbed(client: PatientClient, { times }: KillsOptions): Promise<Content[]> {
  const recordings = await Promise.all(variants.map((variant) => client.upload(numberedRecording(variant, times), `undisturbed ${variant}`)));
  const job = await client.startJob(
    'undisturbed',
    recordings.map(({ id }) => id),
  );
  await client.allFinal();
  const { tasks } = (await client.jobs()).find(({ id }) => id === job.id) ?? { tasks: [] };
  return await Promise.all(tasks.map(async ({ id }) => contentOf(await client.transcript(id))));
}

/** All recordings, and as many again as are through before every kill is done. */
async function workUntil(disturbed: AbortSignal, client: PatientClient, { files, times }: KillsOptions): Promise<{ files: number; jobs: Job[] }> {
  for (let upTo = files; ; upTo += files) {
    for (let sent = upTo - files; sent < upTo; sent += JOB_FILES) await startJob(client, sent, { files: upTo, times });
    const jobs = await client.allFinal();
    if (disturbed.aborted) return { files: upTo, jobs };
  }
}

/** Five recordings at most. */
async function startJob(client: PatientClient, first: number, { files, times }: Pick<KillsOptions, 'files' | 'times'>): Promise<void> {
  const numbers = Array.from({ length: Math.min(JOB_FILES, files - first) }, (_, i) => variants.length + first + i);
  const recordings = await Promise.all(numbers.map((n) => client.upload(numberedRecording(n, times), String(n))));
  await client.startJob(
    `job ${first}`,
    recordings.map(({ id }) => id),
  );
}

interface Disturbance extends KillsOptions {
  readonly work: Promise<unknown>;
}

/** Until so many kills are done, or the work has failed. */
async function disturb(target: Target, { kills: wanted, work, onNews }: Disturbance): Promise<Record<Fault, number>> {
  const done: Record<Fault, number> = { engine: 0, worker: 0, controller: 0, 'full disk': 0, 'cut line': 0 };
  const over = new AbortController();
  const stop = (): void => over.abort();
  work.then(stop, stop);
  const { random, disk } = target;
  while (!over.signal.aborted && done.engine + done.worker + done.controller < wanted) {
    const fault = chooseFault(random, disk !== null);
    try {
      await inflict(fault, target, over.signal);
    } catch (cause) {
      if (over.signal.aborted) break;
      throw cause;
    }
    done[fault]++;
    onNews?.(`${fault}; ${Object.values(done).reduce((sum, n) => sum + n, 0)} so far`);
  }
  return done;
}

function chooseFault(random: () => number, withDisk: boolean): Fault {
  const share = random();
  if (share < OTHER_SHARE && withDisk) return 'full disk';
  if (share < 2 * OTHER_SHARE) return 'cut line';
  return kills[Math.floor(random() * kills.length)] ?? 'engine';
}

interface Outcome {
  readonly jobs: readonly Job[];
  readonly expected: readonly Content[];
  readonly files: number;
}

/** Lost, doubled, failed or changed. */
async function compare(client: PatientClient, { jobs, expected, files }: Outcome): Promise<string[]> {
  const wrong: string[] = [];
  const tasks = jobs.filter(({ name }) => name !== 'undisturbed').flatMap((job) => job.tasks);
  const names = new Set(tasks.map(({ recording }) => recording.name));
  if (tasks.length !== files || names.size !== files) wrong.push(`${files} recordings were sent, there are ${tasks.length} tasks of ${names.size}`);
  for (const { id, state, error, recording } of tasks) {
    if (state !== 'succeeded') wrong.push(`recording ${recording.name} ${state}: ${error?.message}`);
    else if (!isSame(contentOf(await client.transcript(id)), expected[variantOf(Number(recording.name))])) {
      wrong.push(`the transcript of recording ${recording.name} is not that of an undisturbed run`);
    }
  }
  return wrong;
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Listens over every cut and restart: each event once, in order, and one success for each task. */
class EventWatch {
  readonly #ending = new AbortController();
  readonly #wrong: string[] = [];
  readonly #succeeded = new Map<string, number>();
  readonly #listening: Promise<void>;

  constructor(client: PatientClient) {
    this.#listening = this.#listen(client);
  }

  async end(): Promise<string[]> {
    this.#ending.abort();
    await this.#listening;
    const twice = [...this.#succeeded.values()].filter((times) => times > 1).length;
    return twice > 0 ? [...this.#wrong, `${twice} tasks succeeded more than once`] : this.#wrong;
  }

  async #listen(client: PatientClient): Promise<void> {
    let last = 0;
    for await (const { id, event } of client.events(this.#ending.signal)) {
      if (id <= last) this.#wrong.push(`event ${id} came after event ${last}`);
      last = id;
      if (event.type !== 'task' || event.task.state !== 'succeeded') continue;
      this.#succeeded.set(event.task.id, (this.#succeeded.get(event.task.id) ?? 0) + 1);
    }
  }
}

/** After a clean stop: files without owner, half uploads, tasks that a worker still holds, processes. */
async function leftovers(product: Product, disk: SmallDisk | null, files: number): Promise<string[]> {
  await product.kill();
  await product.start();
  await product.stop();
  const root = disk?.outside ?? product.dataRoot;
  const wrong: string[] = [];
  const recordings = await readdir(path.join(root, 'recordings'));
  if (recordings.length !== files)
    wrong.push(`${recordings.length} files of ${files} recordings are left: ${recordings.filter((name) => name.includes('.'))}`);
  const others = [await readdir(path.join(root, 'uploads')), await readdir(path.join(root, 'worker', 'tasks'))].flat();
  if (others.length > 0) wrong.push(`left over: ${others.join(', ')}`);
  const processes = processesFor(product.dataRoot);
  if (processes.length > 0) wrong.push(`${processes.length} processes are left`);
  return wrong;
}
