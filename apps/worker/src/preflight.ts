/** What this worker finds when it looks at itself before work comes. */
import { statfs } from 'node:fs/promises';
import type { Preflight } from '@bulk-transcribe/protocol';
import type { Lifecycle } from './life/lifecycle.ts';

export interface PreflightParts {
  readonly lifecycle: Lifecycle;
  readonly dataRoot: string;
  /** The GPU that is paid for; null where none is. */
  readonly paidGpu: string | null;
}

/** An hour of video is about this large. */
const LOW_DISK_BYTES = 1e9;
const BYTES_PER_GB = 1e9;

export async function preflight({ lifecycle, dataRoot, paidGpu }: PreflightParts): Promise<Preflight> {
  const { engine, health, report } = lifecycle;
  const { bavail, bsize } = await statfs(dataRoot);
  const freeBytes = bavail * bsize;
  const isGpuIdle = paidGpu !== null && engine !== null && engine.device !== 'cuda';
  const isDeletedByPlatform = report.platform === 'serverless';
  const wrong: Readonly<Record<Preflight['checks'][number]['check'], string>> = {
    engine: engine === null ? health.message || 'The speech engine is not loaded.' : '',
    gpu: isGpuIdle ? `There is a GPU (${paidGpu}), but the worker computes on the CPU.` : '',
    disk: freeBytes < LOW_DISK_BYTES ? `Only ${(freeBytes / BYTES_PER_GB).toFixed(1)} GB are free for recordings and results.` : '',
    bill: isDeletedByPlatform ? '' : report.notArmedBecause,
  };
  const checks = Object.entries(wrong).map(([check, message]) => ({ check: check as keyof typeof wrong, ok: message === '', message }));
  return { ok: checks.every(({ ok }) => ok), checks };
}
