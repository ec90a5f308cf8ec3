import { expect, it } from 'vitest';
import { killsLine, runKills } from './kills/run-kills.ts';
import { canFindProcesses } from './processes.ts';

const SEED = 20_261_124;

/** A twentieth of `pnpm soak:kills`. */
it.skipIf(!canFindProcesses)(
  'recordings whose engine, worker and controller are killed again and again are done, once, as if nothing had happened',
  async () => {
    const result = await runKills({ files: 3, kills: 10, times: 10, seed: SEED });
    process.stdout.write(`${killsLine(result, SEED)}\n`);
    expect(result.wrong).toEqual([]);
    expect(result.again, 'finished windows computed again').toBe(0);
    const { engine, worker, controller } = result.faults;
    expect(engine + worker + controller).toBe(10);
  },
  1_200_000,
);
