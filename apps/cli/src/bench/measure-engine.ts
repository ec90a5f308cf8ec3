/** How fast and how right a model is on this computer, on the recording that comes with the product. */
import { readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { defaultOptions, type TranscribeOptions, type Transcript, transcriptText } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import { type EngineHandle, transcribeAll } from '@bulk-transcribe/speech';
import { type WordErrors, wordErrors } from './word-errors.ts';

export interface EngineMeasurement extends WordErrors {
  readonly model: string;
  readonly device: Transcript['provenance']['device'];
  /** CPU threads of the engine. */
  readonly threads: number;
  readonly processor: string;
  readonly memoryBytes: number;
  /** Until the model is in memory; the very first time its graphs are built as well. */
  readonly loadSec: number;
  /** Of all rounds. */
  readonly audioSec: number;
  readonly wallSec: number;
  readonly cpuSec: number;
  readonly timesRealTime: number;
  /** The most memory that the engine's process has held; null where this system does not tell. */
  readonly peakBytes: number | null;
}

export interface MeasureOptions {
  readonly model: string;
  readonly rounds: number;
  readonly accurate: boolean;
  readonly signal: AbortSignal;
}

/** The first round warms up and is not counted. Rejects as `transcribe` does. */
export async function measureEngine(engine: EngineHandle, { model, rounds, accurate, signal }: MeasureOptions): Promise<EngineMeasurement> {
  const begun = performance.now();
  await engine.prepare();
  await engine.loadModel(model);
  const loadSec = (performance.now() - begun) / 1000;
  const options: TranscribeOptions = { ...defaultOptions, model, language: 'en', quality: accurate ? 'accurate' : 'standard' };
  const jobs = Array.from({ length: rounds }, () => ({ recording: sampleRecording, options }));
  const {
    transcripts: [warm],
  } = await transcribeAll(engine.transcribe, jobs.slice(0, 1), signal);
  if (!warm) throw new RangeError('There is at least one round.');
  const { audioSec, wallSec, cpuSec } = await transcribeAll(engine.transcribe, jobs, signal);
  return {
    model,
    device: warm.provenance.device,
    threads: warm.provenance.threads,
    processor: cpus()[0]?.model.trim() || 'unknown',
    memoryBytes: totalmem(),
    loadSec,
    audioSec,
    wallSec,
    cpuSec,
    timesRealTime: audioSec / wallSec,
    peakBytes: await peakOf(engine.pid),
    ...wordErrors(sampleRecording.text, transcriptText(warm)),
  };
}

/** Linux alone keeps account of it for other processes. */
async function peakOf(pid: number | null): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /^VmHWM:\s*(\d+) kB/m.exec(status)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}
