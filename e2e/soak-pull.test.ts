import { expect, it } from 'vitest';
import { pullLine, runPull } from './pull/run-pull.ts';

const SEED = 20_261_129;

/** A twentieth of `pnpm soak:pull`. */
it('jobs from a server that fails in every way, to a worker that is killed, end once each', async () => {
  const result = await runPull({ jobs: 50, seed: SEED });
  process.stdout.write(`${pullLine(result, SEED)}\n`);
  expect(result.wrong).toEqual([]);
  expect(result.kills).toBeGreaterThan(0);
  expect(result.stopped).toBeGreaterThan(0);
});
