/**
 * Whether a serverless worker may take jobs: what its machine lacks, it would lack for every one of them. Where something is missing,
 * RunPod is told by the ping's address, and the process ends at once: another worker is started elsewhere.
 *
 *   memory, disk, network → the engine is loaded → the GPU that is paid for computes → jobs
 */
import type { Engine, EngineInfo } from '@bulk-transcribe/speech';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { type FitnessCheck, machineChecks } from './machine-checks.ts';

export interface FitnessOptions {
  readonly checks: readonly FitnessCheck[];
  /** The GPU that must compute; null where none need to. */
  readonly gpu: string | null;
  /** Tells RunPod; whether that works does not matter. */
  readonly tell: (check: string, reason: string) => Promise<void>;
  /** Ends the process. */
  readonly exit: (code: number) => void;
  readonly log: Logger;
}

const EXIT_UNFIT = 1;

/** What the settings ask for. `gpu`: the one that is paid for. */
export function fitnessOf(config: Config, gpu: string | null): Pick<FitnessOptions, 'checks' | 'gpu'> {
  const needs = {
    memoryGb: Number(config.RUNPOD_MIN_MEMORY_GB),
    diskPercent: Number(config.RUNPOD_MIN_DISK_PERCENT),
    folder: config.DATA_ROOT,
    networkMs: config.RUNPOD_NETWORK_CHECK_TIMEOUT * 1000,
  };
  const asksForCpu = config.DEVICE === 'cpu' || isTrue(config.RUNPOD_SKIP_GPU_CHECK);
  return { checks: isTrue(config.RUNPOD_SKIP_AUTO_SYSTEM_CHECKS) ? [] : machineChecks(needs), gpu: asksForCpu ? null : gpu };
}

const isTrue = (text: string): boolean => text.toLowerCase() === 'true';

/** Runs the checks, then gives back the engine with the last one in its `prepare`. What is unfit never resolves: the process is at its end. */
export async function fit(engine: Engine, options: FitnessOptions): Promise<Engine> {
  for (const { name, run } of options.checks) await run().catch((cause: unknown) => unfit(name, messageOf(cause), options));
  return { ...engine, prepare: async () => await prepareFit(engine, options) };
}

async function prepareFit(engine: Engine, options: FitnessOptions): Promise<EngineInfo> {
  const { gpu } = options;
  const info = await engine.prepare().catch((cause: unknown) => unfit('check_engine', messageOf(cause), options));
  if (gpu === null || info.device === 'cuda') return info;
  const reasons = info.fallbacks.map(({ reason }) => reason).join(' ');
  return await unfit('check_gpu', `There is a GPU (${gpu}), but the worker computes on the CPU. ${reasons}`.trim(), options);
}

async function unfit(check: string, reason: string, { tell, exit, log }: FitnessOptions): Promise<never> {
  log.fatal({ check, reason }, 'this worker is unfit and takes no jobs');
  await tell(check, reason).catch((err: unknown) => log.warn({ err }, 'nobody could be told that this worker is unfit'));
  exit(EXIT_UNFIT);
  return await new Promise<never>(() => undefined);
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
