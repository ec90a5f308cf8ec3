/** Lives for tests: platforms and limits as they are resolved, with what a test wants otherwise. */
import type { Limits } from '../../src/life/limits.ts';
import type { Platform } from '../../src/life/platform.ts';

export const nowhere: Platform = { kind: 'none', workerId: 'worker', gpuCount: null, keys: [], notArmedBecause: '' };
export const pod: Platform = {
  kind: 'pod',
  workerId: 'pod1',
  gpuCount: 1,
  keys: [{ name: 'RUNPOD_API_KEY', value: 'key-of-the-pod' }],
  notArmedBecause: '',
};

/** The defaults of a pod. */
export const limitsFor = (change: Partial<Limits> = {}): Limits => ({
  idleMs: 60_000,
  firstContactMs: 900_000,
  executionMs: null,
  lostContactMs: 900_000,
  lifetimeMs: 43_200_000,
  drainMs: 120_000,
  rescueMs: 5_000,
  ...change,
});
