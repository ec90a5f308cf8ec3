/**
 * `pnpm bench:diarization [--mixes FOLDER]`: how well speakers are told apart on the development recordings, and what it costs. FOLDER holds
 * `mix-*.wav` with their RTTM files. Written a/b: error rate without a collar / with one of 0.25 s, in percent; speakers right / recordings.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chooseDecoder, labelSpeakers, openDiarizer, splitChannels } from '@bulk-transcribe/speech';
import { addErrors, diarizationErrors, errorRate, readRttm, type Turn } from './diarization-error.ts';

interface Conversation {
  readonly set: string;
  readonly audio: string;
  readonly reference: string;
  /** Whether each channel is heard by itself where they differ. */
  readonly stereo?: true;
}

interface Score extends Conversation {
  readonly seconds: number;
  readonly cpuSec: number;
  readonly found: number;
  readonly there: number;
  readonly errors: ReturnType<typeof diarizationErrors>;
  readonly errorsWithCollar: ReturnType<typeof diarizationErrors>;
}

const COLLAR = 0.25;
const results = fileURLToPath(new URL('results', import.meta.url));

async function main(): Promise<void> {
  const { mixes } = parseArgs({ options: { mixes: { type: 'string' } } }).values;
  const devData = process.env['BULK_TRANSCRIBE_DEV_DATA'];
  if (!devData) throw new Error('Usage: BULK_TRANSCRIBE_DEV_DATA=FOLDER pnpm bench:diarization [--mixes FOLDER]');
  const conversations = [...(await recorded(path.join(devData, 'audio'))), ...(mixes ? await mixed(mixes) : [])];
  const scores: Score[] = [];
  const score = await openScorer();
  for (const conversation of conversations) {
    scores.push(await score(conversation));
    console.error(line(path.basename(conversation.audio), scores.slice(-1)));
  }
  const sets = Object.entries(Object.groupBy(scores, ({ set }) => set));
  console.log(sets.map(([set, own = []]) => line(set, own)).join('\n'));
  await mkdir(results, { recursive: true });
  await writeFile(path.join(results, 'diarization.json'), `${JSON.stringify(scores, null, 1)}\n`);
}

/** The recordings of the development audio that have a reference. */
async function recorded(folder: string): Promise<Conversation[]> {
  const entries: { id: string; file: string; rttm?: string }[] = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8'));
  const named = (await readdir(path.join(folder, 'rttm'))).map((file) => path.basename(file, '.rttm'));
  return named.flatMap((id) => {
    const entry = entries.find((one) => one.id === id);
    const set = /^(synth|call)/.test(id) ? 'given' : 'real';
    if (!entry) return [];
    const one = { set, audio: path.join(folder, entry.file), reference: path.join(folder, 'rttm', `${id}.rttm`) };
    return id.startsWith('call') ? [one, { ...one, set: 'call, by channel', stereo: true as const }] : [one];
  });
}

async function mixed(folder: string): Promise<Conversation[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.wav')).sort();
  return files.map((file) => {
    const set = /^mix-([a-z]+)/.exec(file)?.[1] ?? 'mix';
    return { set: `mix-${set}`, audio: path.join(folder, file), reference: path.join(folder, file.replace(/wav$/, 'rttm')) };
  });
}

async function openScorer(): Promise<(conversation: Conversation) => Promise<Score>> {
  const decoder = await chooseDecoder('auto');
  const diarizer = await openDiarizer({ device: 'cpu', threads: 1 });
  const { signal } = new AbortController();
  return async (conversation) => {
    const { audio, stereo = false } = conversation;
    const { chunks, channels } = await decoder.open({ path: audio, name: path.basename(audio) }, signal, { stereo });
    const used = process.cpuUsage();
    const evidence = await diarizer.analyse(split(chunks, channels), { channels: 'auto', signal });
    const { turns, speakers } = labelSpeakers(evidence);
    const { user, system } = process.cpuUsage(used);
    const reference = readRttm(await readFile(conversation.reference, 'utf8'));
    const heard: Turn[] = turns.map((turn) => ({ ...turn, speaker: String(turn.speaker) }));
    return {
      ...conversation,
      seconds: (evidence.channels[0]?.samples ?? 0) / 16_000,
      cpuSec: (user + system) / 1e6,
      found: speakers.length,
      there: new Set(reference.map(({ speaker }) => speaker)).size,
      errors: diarizationErrors(reference, heard, 0),
      errorsWithCollar: diarizationErrors(reference, heard, COLLAR),
    };
  };
}

async function* split(chunks: AsyncIterable<Float32Array>, channels: number): AsyncGenerator<readonly Float32Array[]> {
  for await (const chunk of chunks) yield splitChannels(chunk, channels);
}

function line(name: string, scores: readonly Score[]): string {
  const percent = (errors: readonly Score['errors'][]) => (100 * errorRate(addErrors(errors))).toFixed(1);
  const right = scores.filter(({ found, there }) => found === there).length;
  const cost = (3600 * scores.reduce((sum, { cpuSec }) => sum + cpuSec, 0)) / scores.reduce((sum, { seconds }) => sum + seconds, 0);
  const rates = `${percent(scores.map(({ errors }) => errors))}/${percent(scores.map(({ errorsWithCollar }) => errorsWithCollar))}`;
  return `${name}: ${rates}, ${right}/${scores.length} counts right, ${cost.toFixed(0)} CPU s per hour`;
}

await main();
