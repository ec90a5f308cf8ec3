/** A seeded twentieth of `pnpm soak:models`. */
import { expect, test } from 'vitest';
import { randomInstalls, summary } from './random-installs.ts';

const INSTALLS = 20;
const SEED = 20_261_125;

test(`${INSTALLS} models from a hub that fails at random are whole and right in the end, and never half`, async () => {
  const result = await randomInstalls(INSTALLS, SEED);
  expect(result.wrong, summary(result)).toEqual([]);
  expect(result.faults).toBeGreaterThan(INSTALLS);
  expect(result.tries).toBeGreaterThan(INSTALLS);
});
