/**
 * How well speakers are told apart, and what it costs. Written a/b: error rate without a collar / with one of 0.25 s, in percent; speakers
 * right / recordings.
 *
 *   pnpm bench:diarization [--mixes FOLDER]   the development recordings, and mix-*.wav with their RTTM files
 *   pnpm bench:diarization --peer             beside sherpa-onnx with the same two models, recording by recording; installs it
 *   pnpm bench:diarization --hours 3          time and memory of a recording of so many hours
 *   pnpm bench:diarization --voices           how alike the voices of one person are over recordings, and those of different people
 *   pnpm bench:diarization --cluster 10       time and memory of telling apart the voices of so many hours of made prints
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Diarizer, labelSpeakers, openDiarizer } from '@bulk-transcribe/speech';
import { type Conversation, mixed, recorded, samplesOf } from './diarization/conversations.ts';
import { clusterHours, hearHours } from './diarization/long-recordings.ts';
import { Peer } from './diarization/peer.ts';
import { costOf, type Heard, line, lines, type Score, scoreOf } from './diarization/scores.ts';
import { compareVoices } from './diarization/voices.ts';

const results = fileURLToPath(new URL('results', import.meta.url));
const { signal } = new AbortController();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      ...{ mixes: { type: 'string' }, hours: { type: 'string' }, cluster: { type: 'string' } },
      ...{ peer: { type: 'boolean' }, voices: { type: 'boolean' } },
    },
  });
  if (values.cluster) return console.log(clusterHours(Number(values.cluster)));
  const devData = process.env['BULK_TRANSCRIBE_DEV_DATA'];
  if (!devData) throw new Error('Set BULK_TRANSCRIBE_DEV_DATA to the folder of the development data.');
  if (values.voices) return console.log(await compareVoices(path.join(devData, 'audio')));
  const own = await recorded(path.join(devData, 'audio'));
  const conversations = values.mixes ? [...own, ...(await mixed(values.mixes))] : own;
  if (values.hours) console.log(await hearHours(Number(values.hours), conversations.filter(isMono)));
  else if (values.peer) await besidePeer(conversations.filter(isMono));
  else await scoreAll(conversations);
}

const isMono = ({ stereo }: Conversation): boolean => !stereo;

async function scoreAll(conversations: readonly Conversation[]): Promise<void> {
  const diarizer = await openDiarizer({ device: 'cpu', threads: 1 });
  const scores: Score[] = [];
  for (const conversation of conversations) {
    scores.push(await scoreOf(conversation, await hear(diarizer, conversation)));
    console.error(line(path.basename(conversation.audio), scores.slice(-1)));
  }
  console.log(lines(scores));
  await mkdir(results, { recursive: true });
  await writeFile(path.join(results, 'diarization.json'), `${JSON.stringify(scores, null, 1)}\n`);
}

async function hear(diarizer: Diarizer, conversation: Conversation): Promise<Heard> {
  const used = process.cpuUsage();
  const evidence = await diarizer.analyse(samplesOf(conversation), { channels: 'auto', signal });
  const { turns } = labelSpeakers(evidence);
  const { user, system } = process.cpuUsage(used);
  return { turns, seconds: (evidence.channels[0]?.samples ?? 0) / 16_000, cpuSec: (user + system) / 1e6 };
}

/** Turn by turn, so that a machine that is busy with other things is so for both. */
async function besidePeer(conversations: readonly Conversation[]): Promise<void> {
  const diarizer = await openDiarizer({ device: 'cpu', threads: 1 });
  const peer = await Peer.start(path.join(results, 'peers'));
  const [ours, theirs]: [Score[], Score[]] = [[], []];
  let peakMiB = 0;
  for (const conversation of conversations) {
    const heard = await hear(diarizer, conversation);
    const answer = await peer.hear(await allSamples(conversation));
    peakMiB = answer.peakMiB;
    ours.push(await scoreOf(conversation, heard));
    theirs.push(await scoreOf(conversation, { ...answer, seconds: heard.seconds }));
    console.error(`${line(path.basename(conversation.audio), ours.slice(-1))}; sherpa-onnx ${costOf(theirs.slice(-1)).toFixed(0)}`);
  }
  peer.close();
  console.log(`ours:\n${lines(ours)}\nsherpa-onnx, at most ${peakMiB.toFixed(0)} MiB:\n${lines(theirs)}`);
  console.log(`CPU seconds of sherpa-onnx for one of ours: ${(costOf(theirs) / costOf(ours)).toFixed(2)}`);
}

async function allSamples(conversation: Conversation): Promise<Float32Array> {
  const pieces = await Array.fromAsync(samplesOf(conversation), ([samples = new Float32Array()]) => samples);
  const all = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

await main();
