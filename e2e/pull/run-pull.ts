/** Many jobs from a server that refuses, breaks, cuts and stops, to a worker that is killed now and then: does each end once, and none get lost? */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { FakeJobServer, type JobCall, type JobFault } from '../fake-job-server.ts';
import { POD, PodWorker } from '../pod-worker.ts';
import { seeded } from '../seeded.ts';

export interface PullResult {
  readonly jobs: number;
  readonly faults: number;
  readonly stopped: number;
  readonly kills: number;
  /** What is wrong, in words; empty where nothing is. */
  readonly wrong: readonly string[];
  readonly seconds: number;
}

export const pullLine = ({ jobs, faults, stopped, kills, wrong, seconds }: PullResult, seed: number): string =>
  `soak:pull: ${jobs} jobs, ${faults} faults, ${stopped} stopped, ${kills} kills: ${wrong.length} wrong, ${seconds.toFixed(0)} s, seed ${seed}`;

/** Of all calls so many meet a fault. */
const FAULT_SHARE = 0.1;
/** Every so manieth job hangs until it is stopped; every other so manieth is wrong. */
const STOP_EVERY = 20;
const WRONG_EVERY = 9;
/** The worker is killed after so many ends. */
const KILL_EVERY = 20;

export async function runPull({ jobs: count, seed }: { jobs: number; seed: number }): Promise<PullResult> {
  const began = performance.now();
  const random = seeded(seed);
  const server = await FakeJobServer.start();
  const dataRoot = await mkdtemp(path.join(os.tmpdir(), 'soak-pull-'));
  const pod = { RUNPOD_POD_ID: POD, RUNPOD_API_BASE_URL: server.url };
  const env = { ...server.today, ...pod, DATA_ROOT: dataRoot, WORKER_TOKEN: '', WORKER_ZERO: 'true', LOG_LEVEL: 'error' };
  /** Ends whose answer was lost: they may come a second time. */
  const lost = new Map<string, number>();
  let faults = 0;
  server.faultFor = (call) => {
    if (random() >= FAULT_SHARE) return null;
    faults++;
    const fault = chooseFault(call, random());
    if (call.kind === 'done' && 'cut' in fault && fault.cut === 'after') lost.set(jobOf(call), (lost.get(jobOf(call)) ?? 0) + 1);
    return fault;
  };
  const all = Array.from({ length: count }, (_, i) => server.add(`job-${i}`, inputOf(i)));
  const hanging = all.filter((_, i) => isHanging(i));
  const ended = () => all.filter(({ end }) => end !== undefined).length;
  let kills = 0;
  let worker = await PodWorker.start(env);
  const stopped = new Set<string>();
  const over = () => all.filter(({ id, end }) => end !== undefined || stopped.has(id)).length;
  server.on('call', (call) => {
    for (const { id, progress } of hanging) {
      if (stopped.has(id) || (progress.length === 0 && !isPingFor(id, call))) continue;
      stopped.add(id);
      server.stop(id);
    }
  });
  try {
    while (over() < count) {
      await server.until(() => ended() >= (kills + 1) * KILL_EVERY || over() >= count);
      if (over() >= count) break;
      kills++;
      await worker.remove();
      server.workerIsGone();
      // A stop is told once: it may have been told to the worker that is gone.
      for (const id of stopped) server.stop(id);
      worker = await PodWorker.start(env);
    }
    server.faultFor = () => null;
    const pings = server.calls.length;
    await server.until(() => server.calls.slice(pings).some(({ kind, url }) => kind === 'ping' && !url.searchParams.has('job_id')));
    const wrong = all.flatMap((job, i) => problemOf(job, i, (lost.get(job.id) ?? 0) + (kills > 0 ? 1 : 0)));
    for (const folder of ['jobs', 'tasks', 'refused-jobs']) {
      const left = await readdir(path.join(dataRoot, folder)).catch(() => []);
      if (left.length > 0) wrong.push(`${left.length} left in ${folder}`);
    }
    return { jobs: count, faults, stopped: stopped.size, kills, wrong, seconds: (performance.now() - began) / 1000 };
  } finally {
    await worker.remove();
    await server.close();
    await rm(dataRoot, { recursive: true, force: true });
  }
}

const isHanging = (i: number): boolean => i % STOP_EVERY === STOP_EVERY - 1;
const isWrong = (i: number): boolean => !isHanging(i) && i % WRONG_EVERY === WRONG_EVERY - 1;

function inputOf(i: number): object {
  const script = isHanging(i) ? 'fake{windows=2,hang-after=1}' : `fake{windows=1,text=job_${i}}`;
  return { audio_base64: Buffer.from(script).toString('base64'), ...(isWrong(i) && { beam_size: 'wide' }) };
}

/** An answer to a stop is never lost: it would be told once only. */
function chooseFault({ kind }: JobCall, share: number): JobFault {
  if (share < 0.25) return { status: 429 };
  if (share < 0.5) return { status: 500 };
  if (share < 0.75 || kind === 'stop') return kind === 'stop' ? { status: 502 } : { cut: 'before' };
  return { cut: 'after' };
}

/** Progress may meet a fault, and is not sent again; pings go on. */
const isPingFor = (id: string, { kind, url }: JobCall): boolean => kind === 'ping' && (url.searchParams.get('job_id') ?? '').split(',').includes(id);

const jobOf = ({ url }: JobCall): string => url.pathname.split('/').at(-1) ?? '';

function problemOf(
  { id, end, late }: { id: string; end?: { output?: unknown; error?: string }; late: readonly unknown[] },
  i: number,
  mayRepeat: number,
): string[] {
  if (late.length > mayRepeat) return [`${id} was ended ${late.length + 1} times`];
  if (isHanging(i)) return end ? [`${id} was stopped, and ended all the same: ${JSON.stringify(end).slice(0, 200)}`] : [];
  if (isWrong(i)) return end?.error?.includes('beam_size') ? [] : [`${id} is wrong, and did not end as that`];
  const text = (end?.output as { transcription?: string } | undefined)?.transcription;
  return text === `job ${i}` ? [] : [`${id} ended with ${JSON.stringify(end)?.slice(0, 200)}`];
}
