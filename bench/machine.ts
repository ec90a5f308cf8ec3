import { availableParallelism, cpus, totalmem } from 'node:os';

/** Enough to compare figures with, and nothing that tells whose machine it is. */
export const describeMachine = (): string =>
  `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'an unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform} ${process.arch}`;
