/** `pnpm soak:pull [--jobs 1000] [--seed N]`: prints one line; ends with 1 where a job was lost, doubled or spoilt. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { pullLine, runPull } from './pull/run-pull.ts';

const { values } = parseArgs({
  options: { jobs: { type: 'string', default: '1000' }, seed: { type: 'string', default: String(randomInt(2 ** 31)) } },
});
const result = await runPull({ jobs: Number(values.jobs), seed: Number(values.seed) });
for (const line of result.wrong) console.error(line);
console.log(pullLine(result, Number(values.seed)));
if (result.wrong.length > 0) process.exitCode = 1;
