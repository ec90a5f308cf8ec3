import { statSync } from 'node:fs';
import type { Platform } from './platform.ts';

/**
 * Whether `folder` outlives a restart of the container. In a pod the container's own disk is wiped then, so it must lie on another
 * file system than the root; elsewhere disks stay.
 */
export function outlivesRestart(folder: string, { kind }: Platform): boolean {
  return kind === 'none' || statSync(folder).dev !== statSync('/').dev;
}
