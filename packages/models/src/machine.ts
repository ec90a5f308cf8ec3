import { availableParallelism, totalmem } from 'node:os';
import type { Machine } from './proposal.ts';

/** Cores, and main memory or, in a container, what it may use of it. */
export function thisMachine(): Machine {
  // 0 or a number beyond the machine's memory: there is no limit.
  const limit = process.constrainedMemory();
  const total = totalmem();
  return { memoryBytes: limit > 0 ? Math.min(limit, total) : total, cores: availableParallelism() };
}
