import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Platform } from './life/platform.ts';

/** Where NVIDIA's driver tells of its GPUs, in containers too. */
const DRIVER = '/proc/driver/nvidia/gpus';

/** The GPU that the platform gives us, and has us pay for, whether anything computes on it or not; null where there is none. */
export function paidGpu({ gpuCount }: Pick<Platform, 'gpuCount'>, driver = DRIVER): string | null {
  return gpuCount === null || gpuCount === 0 ? null : (nameOf(driver) ?? 'GPU');
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
