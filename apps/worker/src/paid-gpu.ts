import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Platform } from './life/platform.ts';

/** Where NVIDIA's driver tells of its GPUs, in containers too. */
const DRIVER = '/proc/driver/nvidia/gpus';

/**
 * The GPU that the platform gives us, and has us pay for, whether anything computes on it or not; null where there is none. A
 * serverless worker that is not told how many it has pays for the one that it finds.
 */
export function paidGpu({ kind, gpuCount }: Pick<Platform, 'kind' | 'gpuCount'>, driver = DRIVER): string | null {
  if (gpuCount === null) return kind === 'serverless' ? nameOf(driver) : null;
  return gpuCount === 0 ? null : (nameOf(driver) ?? 'GPU');
}

/** Null where the driver tells nothing. */
function nameOf(driver: string): string | null {
  try {
    const [first = ''] = readdirSync(driver);
    return /^Model:\s+(.+?)\s*$/m.exec(readFileSync(path.join(driver, first, 'information'), 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}
