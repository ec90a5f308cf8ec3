/** How fast and how right a model is on this computer, on the recordings that come with the product. */
import { readFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { defaultOptions, type TranscribeOptions, type Transcript, transcriptText } from '@bulk-transcribe/protocol';
import { sampleSet } from '@bulk-transcribe/sample';
import { type EngineHandle, transcribeAll, watchGpuMemory } from '@bulk-transcribe/speech';
import { sumOfErrors, type WordErrors, wordErrors, wrongWords } from './word-errors.ts';

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
  /** The most memory of the GPU that was in use, by all programs together; null where none computes, or its driver does not tell. */
  readonly gpuPeakBytes: number | null;
  /** Substituted, deleted, inserted. */
  readonly wrong: number;
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
  const { device } = await engine.prepare();
  const gpuMemory = device === 'cuda' ? watchGpuMemory() : null;
  await engine.loadModel(model);
  const loadSec = (performance.now() - begun) / 1000;
  const options: TranscribeOptions = { ...defaultOptions, model, language: 'en', quality: accurate ? 'accurate' : 'standard' };
  const jobs = sampleSet.map((recording) => ({ recording, options }));
  const { transcripts } = await transcribeAll(engine.transcribe, jobs, signal);
  const [warm] = transcripts;
  if (!warm) throw new RangeError('There is at least one round.');
  const all = Array.from({ length: rounds }, () => jobs).flat();
  const { audioSec, wallSec, cpuSec } = await transcribeAll(engine.transcribe, all, signal);
  const errors = errorsOf(transcripts);
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
    gpuPeakBytes: (await gpuMemory?.stop()) ?? null,
    ...errors,
    wrong: wrongWords(errors),
  };
}

/** In the order of the set. */
const errorsOf = (transcripts: readonly Transcript[]): WordErrors =>
  sumOfErrors(
    sampleSet.map(({ text }, index) =>
      wordErrors(
        text,
        transcripts
          .slice(index, index + 1)
          .map(transcriptText)
          .join(''),
      ),
    ),
  );

/** Linux alone keeps account of it for other processes. */
async function peakOf(pid: number | null): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /^VmHWM:\s*(\d+) kB/m.exec(status)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}
