import { AppError } from '@bulk-transcribe/protocol';
import type { Workers, WorkersStatus } from '../../src/dispatch/workers.ts';

/** Workers that are said to be so, with none behind them. */
export const saidWorkers = (now: () => WorkersStatus): Workers => ({
  status: now,
  views: () => [],
  errors: () => [],
  keep: async (name) => {
    throw new AppError('not_found', `There is no remote worker ${name}.`);
  },
  drain: async (name) => {
    throw new AppError('not_found', `There is no remote worker ${name}.`);
  },
  untilHopeless: () => new Promise(() => undefined),
});
