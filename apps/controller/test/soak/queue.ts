/** `pnpm soak:queue [--depth 10000] [--drain 1000]`: what a task costs while many wait, and how fast a full queue starts again. */
import { parseArgs } from 'node:util';
import { defaultOptions } from '@bulk-transcribe/protocol';
import { pino } from 'pino';
import { openJobStore } from '../../src/jobs/open-job-store.ts';
import { addRecordings, type Cost, controllerCost, costOf, DataFolders, type Load, queueCost, storeCost } from './queue-layers.ts';

const SHALLOW = 100;
const SESSIONS = 10;
const MIB = 1024 ** 2;

const { values } = parseArgs({ options: { depth: { type: 'string', default: '10000' }, drain: { type: 'string', default: '1000' } } });
const depth = Number(values.depth);
const drain = Math.min(Number(values.drain), depth);
const log = pino({ level: 'silent' });

await using folders = await DataFolders.make();

const layers = { queue: queueCost, store: storeCost, http: controllerCost } as const;

/** CPU per task of each layer with all below it. A shallow queue is filled again and again, to work off as many tasks. */
async function costs(load: Load): Promise<Record<keyof typeof layers, Cost>> {
  const measured: Partial<Record<keyof typeof layers, Cost>> = {};
  for (const name of ['queue', 'store', 'http'] as const) {
    const rounds = Math.max(1, Math.round(drain / load.drain));
    const all: Cost[] = [];
    for (let round = 0; round < rounds; round++) all.push(await layers[name](await folders.fresh(), load));
    measured[name] = mean(all);
    const { submitMs, workMs } = measured[name];
    say(`${load.depth} waiting, ${name} and below: ${submitMs.toFixed(2)} ms to queue + ${workMs.toFixed(2)} ms to work off, CPU per task`);
  }
  return measured as Record<keyof typeof layers, Cost>;
}

const mean = (all: readonly Cost[]): Cost => {
  const of = (key: keyof Cost): number => all.reduce((sum, cost) => sum + cost[key], 0) / all.length;
  return { submitMs: of('submitMs'), workMs: of('workMs'), grown: of('grown') };
};

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** From opening the database of a full queue to the first task in a worker's hands. */
async function restartMs(): Promise<number> {
  const dataRoot = await folders.fresh();
  const before = await openJobStore({ dataRoot, log });
  const recordings = await addRecordings(before, { depth, drain, sessions: SESSIONS });
  for (const [session, recordingIds] of recordings) await before.createJob(session, { name: 'n', options: defaultOptions, recordingIds });
  await before.close();
  const start = performance.now();
  const after = await openJobStore({ dataRoot, log });
  if (!(await after.claim({ name: 'local', device: 'cpu' }))) throw new Error('The queue was lost.');
  const took = performance.now() - start;
  await after.close();
  return took;
}

const split = ({ queue, store, http }: Record<keyof typeof layers, Cost>): string => {
  const [q, s, h] = [costOf(queue), costOf(store), costOf(http)];
  return `${h.toFixed(1)} ms (queue ${q.toFixed(1)}, store ${(s - q).toFixed(1)}, HTTP ${(h - s).toFixed(1)})`;
};

// The first run of any code is slower than every other.
await costs({ depth: SHALLOW, drain: SHALLOW, sessions: SESSIONS });
const shallow = await costs({ depth: SHALLOW, drain: SHALLOW, sessions: SESSIONS });
const deep = await costs({ depth, drain, sessions: SESSIONS });
const ratio = costOf(deep.http) / costOf(shallow.http);
const restart = (await restartMs()) / 1000;
say(
  `soak:queue: CPU per task with ${depth} waiting ${split(deep)}, with ${SHALLOW} ${split(shallow)}, ratio ${ratio.toFixed(2)}; ` +
    `memory ${(deep.http.grown / MIB).toFixed(0)} MiB more after ${drain} tasks; restart with ${depth} waiting ${restart.toFixed(1)} s`,
);
