/**
 * `pnpm bench:slots [MODEL [SLOTS…]]`: short recordings of the development data, so many at a time; wall and CPU seconds, the median of
 * three rounds. Default: whisper-base, 1 and 4, on the device that the engine chooses.
 */
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { defaultOptions, type TranscribeOptions } from '@bulk-transcribe/protocol';
import { createTranscriber, type Transcriber } from '@bulk-transcribe/speech';
import { type Entry, findRecordings } from './recordings.ts';

const RECORDINGS = 40;
const ROUNDS = 3;
const never = new AbortController().signal;

interface Figures {
  readonly wallSec: number;
  readonly cpuSec: number;
}

interface Work {
  readonly transcriber: Transcriber;
  readonly folder: string;
  readonly entries: readonly Entry[];
  readonly options: TranscribeOptions;
}

async function main(): Promise<void> {
  const devData = process.env['BULK_TRANSCRIBE_DEV_DATA'];
  if (!devData) throw new Error('Usage: BULK_TRANSCRIBE_DEV_DATA=FOLDER pnpm bench:slots [MODEL [SLOTS…]]');
  const [, , model = 'whisper-base', ...given] = process.argv;
  const slots = given.length > 0 ? given.map(Number) : [1, 4];
  const { folder, entries: all } = await findRecordings(devData);
  const entries = all.filter(({ file }) => file.startsWith('librispeech/')).slice(0, RECORDINGS);
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'bench-slots-'));
  if (model.startsWith('whisper')) await symlink(path.join(devData, 'models', model), path.join(scratch, model));
  try {
    const transcriber = await createTranscriber({ threads: 0, modelsDir: scratch, model });
    const work = { transcriber, folder, entries, options: { ...defaultOptions, model, language: 'en' } };
    const audioSec = entries.reduce((sum, { durationSec }) => sum + durationSec, 0);
    console.log(`${model} on ${transcriber.info().device}, ${entries.length} recordings, ${audioSec.toFixed(0)} s of audio`);
    for (const [most, figures] of await measure(work, slots)) {
      const [wall, cpu] = [median(figures.map(({ wallSec }) => wallSec)), median(figures.map(({ cpuSec }) => cpuSec))];
      console.log(`${most} at a time: ${wall.toFixed(1)} s, ${cpu.toFixed(1)} CPU s`);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** In turn, so that what else the machine does falls on all alike. */
async function measure(work: Work, slots: readonly number[]): Promise<Map<number, Figures[]>> {
  const found = new Map<number, Figures[]>(slots.map((most) => [most, []]));
  await run({ ...work, entries: work.entries.slice(0, 2) }, 1);
  for (let round = 0; round < ROUNDS; round++) for (const most of slots) found.get(most)?.push(await run(work, most));
  return found;
}

async function run({ transcriber, folder, entries, options }: Work, most: number): Promise<Figures> {
  const waiting = [...entries];
  const [started, used] = [performance.now(), process.cpuUsage()];
  const slot = async () => {
    for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
      await transcriber.transcribe({ path: path.join(folder, entry.file), name: entry.id }, options, never, () => undefined);
    }
  };
  await Promise.all(Array.from({ length: most }, slot));
  const { user, system } = process.cpuUsage(used);
  return { wallSec: (performance.now() - started) / 1000, cpuSec: (user + system) / 1e6 };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

await main();
