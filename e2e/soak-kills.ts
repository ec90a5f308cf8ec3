/** `pnpm soak:kills [--files 50] [--kills 200] [--seed N] [--log FILE]`: prints one line; ends with 1 where anything was lost, doubled or done again. */
import { randomInt } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { killsLine, runKills } from './kills/run-kills.ts';

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '50' },
    kills: { type: 'string', default: '200' },
    times: { type: 'string', default: '15' },
    log: { type: 'string' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
});
const options = { files: Number(values.files), kills: Number(values.kills), times: Number(values.times), seed: Number(values.seed) };
const keep = (line: string): void => {
  if (values.log) appendFileSync(values.log, `${line}\n`);
};
const onNews = (line: string): void => {
  process.stderr.write(`${line}\n`);
  keep(line);
};
const result = await runKills({ ...options, onNews, onLine: keep });
for (const line of result.wrong) console.error(line);
console.log(killsLine(result, options.seed));
if (result.wrong.length > 0 || result.again > 0) process.exitCode = 1;
