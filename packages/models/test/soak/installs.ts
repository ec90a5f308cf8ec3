/** `pnpm soak:models [--installs 400] [--seed 1]`: models from a hub that fails at random. Ends with code 1 where one is not whole and right. */
import { parseArgs } from 'node:util';
import { randomInstalls, summary } from './random-installs.ts';

const { values } = parseArgs({ options: { installs: { type: 'string', default: '400' }, seed: { type: 'string', default: '1' } } });
const result = await randomInstalls(Number(values.installs), Number(values.seed));
for (const line of result.wrong) process.stdout.write(`${line}\n`);
process.stdout.write(`${summary(result)}\n`);
if (result.wrong.length > 0) process.exitCode = 1;
