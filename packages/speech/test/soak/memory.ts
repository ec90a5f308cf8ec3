/**
 * `pnpm soak:memory [MODEL] [--hours N] [--seed N]`: hours of speech through the engine's process, as the worker runs it. It fails where
 * the process ever holds more than 1.2 GB, or goes on growing: where the last third of the recording takes more than the first, by the median of the
 * peaks of ten minutes each. (Single ones differ by how long their longest text is.) Wants the development data, and Linux.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { defaultOptions, EMBEDDED_MODEL } from '@bulk-transcribe/protocol';
import { startEngine } from '../../src/index.ts';
import { devData, temporaryFolder } from '../media.ts';
import { decodeFile } from '../whisper/golden.ts';
import { MemoryBySection } from './follow-memory.ts';
import { writeLongSpeech } from './long-speech.ts';

const SECTION_SEC = 600;
const MOST_BYTES = 1.2e9;
/** Of what the first third took: beyond, it grows. */
const FLAT = 1.05;
const LOOK_MS = 500;
const SPEAKERS = 20;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { hours: { type: 'string', default: '3' }, seed: { type: 'string', default: '1' } },
});
const [model = devData ? 'whisper-base' : EMBEDDED_MODEL] = positionals;
const [hours, seed] = [Number(values.hours), Number(values.seed)];
if (!devData || process.platform !== 'linux')
  throw new Error('Usage, on Linux: BULK_TRANSCRIBE_DEV_DATA=FOLDER pnpm soak:memory [MODEL] [--hours N] [--seed N]');

await using folder = await temporaryFolder();
const file = await writeLongSpeech(folder.path('long.wav'), { sources: await readSpeech(path.join(devData, 'audio')), seconds: hours * 3600, seed });
const engine = startEngine({ threads: 0, device: 'cpu', modelsDir: path.join(devData, 'models'), graphsDir: folder.path('graphs') });
try {
  await engine.loadModel(model);
  const loading = mostSinceLastLook();
  const memory = new MemoryBySection(SECTION_SEC, mostSinceLastLook);
  const timer = setInterval(() => memory.look(), LOOK_MS);
  const options = { ...defaultOptions, model, language: 'en' };
  const { provenance, segments } = await engine.transcribe({ path: file, name: 'long' }, options, new AbortController().signal, memory.onEvent);
  clearInterval(timer);
  memory.look();
  conclude(memory.levels, loading, `${segments.length} segments, ${provenance.timesRealTime.toFixed(1)} times real time`);
} finally {
  await engine.close();
}

/** Bytes that the engine's process held at once; what comes for a moment between two looks counts (proc_pid_clear_refs(5)). */
function mostSinceLastLook(): number {
  const status = readFileSync(`/proc/${engine.pid}/status`, 'utf8');
  writeFileSync(`/proc/${engine.pid}/clear_refs`, '5');
  return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1]) * 1024;
}

async function readSpeech(audio: string): Promise<Float32Array[]> {
  const manifest: { file: string }[] = JSON.parse(await readFile(path.join(audio, 'manifest.json'), 'utf8'));
  const read = (folderName: string) => manifest.filter((entry) => entry.file.startsWith(folderName)).map((entry) => entry.file);
  const files = [...read('synth/synth-en'), ...read('librispeech/').slice(0, SPEAKERS)];
  const sources: Float32Array[] = [];
  for (const name of files) sources.push(await decodeFile(path.join(audio, name)));
  return sources;
}

function conclude(peaks: readonly number[], loading: number, more: string): void {
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  const third = Math.max(1, Math.floor(peaks.length / 3));
  const growth = median(peaks.slice(-third)) / median(peaks.slice(0, third));
  const highest = Math.max(loading, ...peaks);
  const reached = highest <= MOST_BYTES && growth <= FLAT;
  console.log(`to load it ${megabytes(loading)} MB; peaks of ${SECTION_SEC / 60} minutes each, MB: ${peaks.map(megabytes).join(' ')}`);
  console.log(
    `${model}, seed ${seed}: ${hours} hours, ${more}; at most ${megabytes(highest)} MB (≤ ${megabytes(MOST_BYTES)}), the last third ${growth.toFixed(3)} of the first (≤ ${FLAT}): ${reached ? 'reached' : 'MISSED'}`,
  );
  process.exitCode = reached ? 0 : 1;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return (low + high) / 2;
}
