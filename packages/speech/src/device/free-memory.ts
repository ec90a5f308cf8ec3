/** Main memory that a process may still use, in bytes: what the machine has, or what its container is allowed. */
import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import path from 'node:path';

/** Files that the kernel drops when memory is wanted are counted as free: right after a model was read they are most of it. */
export function freeMemory(cgroups = '/sys/fs/cgroup', machine = freemem()): number {
  const [limit, used] = [numberIn(cgroups, 'memory.max'), numberIn(cgroups, 'memory.current')];
  if (limit === null || used === null) return machine;
  return Math.max(0, Math.min(machine, limit - used + droppable(cgroups)));
}

/** Null where there is no such file (another system, no container) or no limit ("max"). */
function numberIn(folder: string, file: string): number | null {
  const text = contentOf(folder, file).trim();
  return /^\d+$/.test(text) ? Number(text) : null;
}

const droppable = (folder: string): number => Number(/^inactive_file (\d+)$/m.exec(contentOf(folder, 'memory.stat'))?.[1] ?? 0);

function contentOf(folder: string, file: string): string {
  try {
    return readFileSync(path.join(folder, file), 'utf8');
  } catch {
    return '';
  }
}
