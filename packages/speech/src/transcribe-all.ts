/** One recording after the other, and what it took: for everything that measures. */
import type { StepTime, TranscribeOptions, Transcript } from '@bulk-transcribe/protocol';
import type { RecordingFile, Transcribe } from './engine.ts';

export interface TranscribeJob {
  readonly recording: RecordingFile;
  readonly options: TranscribeOptions;
}

interface Took {
  readonly wallSec: number;
  readonly cpuSec: number;
}

export interface TranscribedAll {
  /** One per job, in order. */
  readonly transcripts: readonly Transcript[];
  readonly audioSec: number;
  readonly wallSec: number;
  /** Of all steps; that of decoding is spent in another process. */
  readonly cpuSec: number;
  readonly steps: Readonly<Record<string, Took>>;
}

/** Rejects as `transcribe` does. */
export async function transcribeAll(transcribe: Transcribe, jobs: readonly TranscribeJob[], signal: AbortSignal): Promise<TranscribedAll> {
  const transcripts: Transcript[] = [];
  const from = performance.now();
  for (const { recording, options } of jobs) transcripts.push(await transcribe(recording, options, signal, () => {}));
  const wallSec = (performance.now() - from) / 1000;
  const times = transcripts.flatMap(({ provenance }) => provenance.steps);
  return {
    transcripts,
    audioSec: sum(transcripts.map(({ durationSec }) => durationSec)),
    wallSec,
    cpuSec: cpuSecOf(times),
    steps: Object.fromEntries(Object.entries(Object.groupBy(times, ({ step }) => step)).map(([step, of = []]) => [step, tookBy(of)])),
  };
}

const tookBy = (times: readonly StepTime[]): Took => ({ wallSec: sum(times.map(({ wallMs }) => wallMs / 1000)), cpuSec: cpuSecOf(times) });
const cpuSecOf = (times: readonly StepTime[]): number => sum(times.map(({ cpuMs = 0 }) => cpuMs / 1000));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
