/** One step over all recordings: `node step.ts STEP SUBJECT`; the measurement goes to stdout. */
import { fileURLToPath } from 'node:url';
import { defaultOptions, type Transcript, transcriptText } from '@bulk-transcribe/protocol';
import { chooseDecoder, createTranscriber, type DecoderChoice, openSpeechDetector, Stopwatch, watchGpuMemory } from '@bulk-transcribe/speech';
import type { Measurement, Step, Subject } from './measure.ts';
import { type Entry, findRecordings } from './recordings.ts';
import { fileOf, transcribeEntries } from './transcribe-entries.ts';

const never = new AbortController().signal;
const MIB = 2 ** 20;

const [step, subject = '{}'] = process.argv.slice(2);
const { model, modelsDir, device } = JSON.parse(subject) as Subject;
const recordings = await findRecordings(process.env['BULK_TRANSCRIBE_DEV_DATA']);

const ownPeak = () => process.resourceUsage().maxRSS / 1024;

/** Of all recordings, and of the longest alone: starting a process weighs on short ones. */
async function measureDecoding(choice: DecoderChoice): Promise<Measurement> {
  const longest = recordings.entries.toSorted((a, b) => b.durationSec - a.durationSec).slice(0, 1);
  return { ...(await decodeAll(choice, recordings.entries)), longest: await decodeAll(choice, longest) };
}

async function decodeAll(choice: DecoderChoice, entries: readonly Entry[]): Promise<Measurement> {
  const decoder = await chooseDecoder(choice);
  const clock = new Stopwatch();
  let [audioSec, cpuMs, peak] = [0, 0, 0];
  for (const entry of entries) {
    await clock.measure(async () => {
      const audio = await decoder.open(fileOf(recordings.folder, entry), never);
      for await (const chunk of audio.chunks) audioSec += chunk.length / 16_000;
      cpuMs += audio.outcome().cpuMs ?? 0;
      peak = Math.max(peak, audio.outcome().peakBytes ?? 0);
    });
  }
  return { audioSec, wallSec: clock.wallMs / 1000, cpuSec: cpuMs / 1000, peakMiB: peak / MIB };
}

async function measureVad(): Promise<Measurement> {
  const [decoder, detectSpeech] = await Promise.all([chooseDecoder('auto'), openSpeechDetector()]);
  const clock = new Stopwatch();
  let audioSec = 0;
  for (const entry of recordings.entries) {
    const audio = await decoder.open(fileOf(recordings.folder, entry), never);
    for await (const { samples } of detectSpeech(audio.chunks, clock)) audioSec += samples.length / 16_000;
  }
  return { audioSec, wallSec: clock.wallMs / 1000, cpuSec: clock.cpuMs / 1000, peakMiB: ownPeak() };
}

/** Where the engine keeps what it builds: only the first run ever pays for it. */
const graphsDir = fileURLToPath(new URL('results/graphs', import.meta.url));

/** What the engine's child process does, models loaded: its own CPU time and that of its decoders. */
async function measureJob(): Promise<Measurement> {
  const load = performance.now();
  const transcriber = await createTranscriber({ threads: 0, modelsDir, model, device, graphsDir });
  const loadSec = (performance.now() - load) / 1000;
  const gpuMemory = transcriber.info().device === 'cuda' ? watchGpuMemory() : null;
  const { transcripts, ...measured } = await transcribeEntries(transcriber, recordings, () => ({ ...defaultOptions, model, language: 'en' }));
  const gpuBytes = (await gpuMemory?.stop()) ?? null;
  const texts = Object.fromEntries(Object.entries(transcripts).map(([id, transcript]) => [id, transcriptText(transcript)]));
  const [first] = Object.values(transcripts);
  const place = first && placeOf(first.provenance);
  return { ...measured, peakMiB: ownPeak(), gpuPeakMiB: gpuBytes && gpuBytes / MIB, loadSec, texts, ...(place !== undefined && { place }) };
}

const placeOf = ({ device, deviceName, threads }: Transcript['provenance']): string =>
  device === 'cuda' ? (deviceName ?? 'GPU') : `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;

const measurements: Record<Step, () => Promise<Measurement>> = {
  'decode-ffmpeg': () => measureDecoding('ffmpeg'),
  'decode-node-av': () => measureDecoding('node-av'),
  vad: measureVad,
  job: measureJob,
};

process.stdout.write(JSON.stringify(await measurements[step as Step]()));
