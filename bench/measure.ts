/** Each step runs in a process of its own, so that its memory and CPU time are its own. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export type Step = 'decode-ffmpeg' | 'decode-node-av' | 'vad' | 'job';

export interface Measurement {
  readonly audioSec: number;
  readonly wallSec: number;
  readonly cpuSec: number;
  /** Of the largest process of the step. */
  readonly peakMiB: number;
  /** Of the GPU that the job ran on, all programs together; null where there is none, or nobody tells. */
  readonly gpuPeakMiB?: number | null;
  /** Of the steps within a job. */
  readonly steps?: Readonly<Record<string, { readonly wallSec: number; readonly cpuSec: number }>>;
  readonly loadSec?: number;
  /** What the job really ran on. */
  readonly place?: string;
  /** The same for the longest recording alone. */
  readonly longest?: Measurement;
  readonly texts?: Readonly<Record<string, string>>;
}

/** What is measured, and on what. */
export interface Subject {
  readonly model: string;
  readonly modelsDir: string;
  readonly device: 'auto' | 'cpu' | 'cuda';
}

export async function measure(step: Step, subject: Subject): Promise<Measurement> {
  const script = fileURLToPath(new URL('step.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, script, step, JSON.stringify(subject)]);
  const result = JSON.parse(stdout) as Measurement;
  console.error(`${step}: ${(result.audioSec / result.wallSec).toFixed(0)} times real time`);
  return result;
}
