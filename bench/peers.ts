/**
 * `pnpm bench:peers [--model NAME] [--threads N] [--rounds N] [--only WORDS] [--write]`: our engine beside faster-whisper, with the same weights, on the
 * same audio, in the same run, turn by turn; all contests, or those whose names have the words. Wants the development data, and Python with network for the first run.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { defaultOptions, transcriptText } from '@bulk-transcribe/protocol';
import { createTranscriber, type Transcriber } from '@bulk-transcribe/speech';
import { asTheEngine } from './as-the-engine.ts';
import { measureEncoder } from './encoder-rate.ts';
import { describeMachine } from './machine.ts';
import { withChapters } from './page-chapters.ts';
import { type Contest, contests } from './peers/contests.ts';
import { peerEnvironment } from './peers/environment.ts';
import { PeerProcess } from './peers/peer-process.ts';
import { type ContestResult, type PeersResult, peersHead, peersReport, type Side } from './peers/report.ts';
import { writePcm } from './peers/write-pcm.ts';
import { findRecordings, type Recordings } from './recordings.ts';
import { scoreTexts } from './score.ts';
import { transcribeEntries } from './transcribe-entries.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = path.join(root, 'bench/results');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: 'string', default: 'whisper-base' },
      threads: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      write: { type: 'boolean' },
    },
  });
  const devData = process.env['BULK_TRANSCRIBE_DEV_DATA'];
  if (!devData)
    throw new Error('Usage: BULK_TRANSCRIBE_DEV_DATA=FOLDER pnpm bench:peers [--model NAME] [--threads N] [--rounds N] [--only WORDS] [--write]');
  const [threads, rounds] = [Number(values.threads), Number(values.rounds)];
  const modelsDir = path.join(devData, 'models');
  const environment = await peerEnvironment(path.join(results, 'peers'), path.join(modelsDir, values.model));
  const folder = await mkdtemp(path.join(tmpdir(), 'bulk-transcribe-peers-'));
  const peer = new PeerProcess(environment, threads);
  try {
    const recordings = await findRecordings(devData, 'all languages');
    const own = await createTranscriber({ threads, modelsDir, model: values.model, graphsDir: path.join(results, 'graphs') });
    const parts = { own, peer, model: values.model, rounds };
    const outcomes: ContestResult[] = [];
    for (const contest of contests.filter(({ name }) => name.includes(values.only))) {
      const picked = { ...recordings, entries: recordings.entries.filter(contest.picks) };
      outcomes.push(await hold(contest, await writePcm(picked, folder), parts));
    }
    const encoder = await measureEncoder(path.join(modelsDir, values.model), threads);
    await report(
      { measuredAt: new Date().toISOString(), machine: describeMachine(), model: values.model, threads, rounds, outcomes, encoder },
      values.write,
    );
  } finally {
    peer.close();
    await rm(folder, { recursive: true });
  }
}

interface Parts {
  readonly own: Transcriber;
  readonly peer: PeerProcess;
  readonly model: string;
  readonly rounds: number;
}

/** The first round of both warms up and is not counted. */
async function hold(contest: Contest, recordings: Recordings, { rounds, ...parts }: Parts): Promise<ContestResult> {
  const warm = { ...recordings, entries: recordings.entries.slice(0, 1) };
  for (const run of [runOwn, runPeer]) await run(contest, warm, parts);
  const [own, peer]: [Side[], Side[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    own.push(await runOwn(contest, recordings, parts));
    peer.push(await runPeer(contest, recordings, parts));
    console.error(`${contest.name}, round ${round + 1}: ${own.at(-1)?.cpuSec.toFixed(1)} and ${peer.at(-1)?.cpuSec.toFixed(1)} CPU s`);
  }
  const { name, goal } = contest;
  const audioSec = recordings.entries.reduce((sum, { durationSec }) => sum + durationSec, 0);
  return { name, goal, entries: recordings.entries.length, audioSec, own, peer };
}

/** Without the time that it waits for the decoder of media: the peer is given samples. */
async function runOwn({ quality }: Contest, recordings: Recordings, { own, model }: Pick<Parts, 'own' | 'model'>): Promise<Side> {
  const { transcripts, wallSec, cpuSec, steps } = await transcribeEntries(own, recordings, ({ lang }) => ({
    ...defaultOptions,
    model,
    quality,
    language: lang,
  }));
  const texts = Object.fromEntries(Object.entries(transcripts).map(([id, transcript]) => [id, transcriptText(transcript)]));
  const decode = steps['decode'];
  return { wallSec: wallSec - (decode?.wallSec ?? 0), cpuSec: cpuSec - (decode?.cpuSec ?? 0), errorRate: await errorRateOf(recordings, texts) };
}

async function runPeer({ batched, options }: Contest, recordings: Recordings, { peer }: Pick<Parts, 'peer'>): Promise<Side> {
  const { folder, entries } = recordings;
  const files = entries.map(({ file }) => path.join(folder, file));
  const { wallSec, cpuSec, texts } = await peer.ask({ files, languages: entries.map(({ lang }) => lang), batched, options });
  return { wallSec, cpuSec, errorRate: await errorRateOf(recordings, Object.fromEntries(entries.map(({ id }, index) => [id, texts[index] ?? '']))) };
}

const errorRateOf = async (recordings: Recordings, texts: Readonly<Record<string, string>>): Promise<number> =>
  (await scoreTexts(recordings, texts)).groups['all WER']?.rate ?? 1;

async function report(result: PeersResult, write = false): Promise<void> {
  await mkdir(results, { recursive: true });
  await writeFile(path.join(results, `peers-${result.measuredAt.replaceAll(':', '-')}.json`), `${JSON.stringify(result, null, 1)}\n`);
  const chapter = peersReport(result);
  console.log(chapter);
  if (!write) return;
  const page = path.join(root, 'docs/benchmarks-peers.md');
  await writeFile(page, withChapters(await readFile(page, 'utf8'), peersHead, [chapter]));
}

await asTheEngine(main);
