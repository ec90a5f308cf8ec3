import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { longRecording } from '../../../e2e/media.ts';
import { writeWav } from '../../../packages/speech/test/media.ts';
import { emptyFolder, ended, jsonLines, runCli, startCli } from './run-cli.ts';

const RECORDINGS = 30;
const KILLED_AFTER = 12;

interface Line {
  readonly name: string;
  readonly status: string;
}

it('of 30 recordings, killed in the middle and started again, none is transcribed twice', async () => {
  const folder = emptyFolder();
  mkdirSync(path.join(folder, 'in'));
  for (let n = 0; n < RECORDINGS - 1; n += 1) await writeWav(path.join(folder, 'in', `${n}.wav`), new Float32Array(4000).fill(n / 1000));
  // However fast the machine is: the last one is not through when it is killed.
  writeFileSync(path.join(folder, 'in', `${RECORDINGS - 1}.mp3`), longRecording(10));
  const command = ['transcribe', 'in', '--out', 'texts', '--json'];
  const child = startCli(command, folder);
  const end = ended(child);
  let lines = 0;
  createInterface({ input: child.stdout }).on('line', () => {
    lines += 1;
    if (lines === KILLED_AFTER) child.kill('SIGKILL');
  });
  const before = jsonLines<Line>((await end).stdout);
  const texts = path.join(folder, 'texts');
  const writtenAt = (n: number) => statSync(path.join(texts, `${n}.txt`)).mtimeMs;
  const firstRun = before.map((_, n) => writtenAt(n));

  const { code, stdout, stderr } = await runCli(command, folder);
  const after = jsonLines<Line>(stdout);
  expect(code).toBe(0);
  expect(before.length).toBeGreaterThanOrEqual(KILLED_AFTER);
  expect(before.length).toBeLessThan(RECORDINGS);
  const done = after.filter(({ status }) => status === 'done').length;
  // One may have been written without having been told.
  expect([before.length, before.length + 1]).toContain(done);
  expect(after.map(({ status }) => status)).toEqual([...Array(done).fill('done'), ...Array(RECORDINGS - done).fill('transcribed')]);
  expect(before.map((_, n) => writtenAt(n))).toEqual(firstRun);
  expect(readdirSync(texts).filter((name) => name.endsWith('.txt'))).toHaveLength(RECORDINGS);
  expect(stderr).toContain(`30 recordings: ${RECORDINGS - done} transcribed, ${done} done before`);
});
