/** The command line against a real controller, also over a line that is cut. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Job, Recording } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { emptyFolder, ended, folderWith, jsonLines, runCli, startCli } from '../apps/cli/test/run-cli.ts';
import { writeSilence, writeWav } from '../packages/speech/test/media.ts';
import { startCuttingProxy } from './cutting-proxy.ts';
import { longRecording, notARecording } from './media.ts';
import { type Product, startProduct } from './product.ts';

const tokens = ['token-of-the-first-one', 'token-of-the-second', 'token-of-the-third-one'] as const;

let product: Product;
beforeAll(async () => {
  product = await startProduct({ API_TOKENS: tokens.join(',') });
});
afterAll(() => product.remove());

interface Line {
  readonly name: string;
  readonly status: string;
  readonly outputs?: readonly { readonly path: string }[];
  readonly error?: { readonly code: string; readonly hint: string };
}

/** What the session of a token holds. */
async function held<T>(route: string, token: string): Promise<T> {
  const answer = await fetch(product.origin + route, { headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()) as T;
}

it('a folder is sent, waited for, and its transcripts are written; what cannot be read is its own failure', async () => {
  const [token] = tokens;
  const folder = folderWith();
  const interviews = path.join(folder, 'interviews');
  mkdirSync(path.join(interviews, 'monday'), { recursive: true });
  writeFileSync(path.join(interviews, 'anna.mp3'), readFileSync(sampleRecording.path));
  writeFileSync(path.join(interviews, 'monday', 'anna.mp3'), readFileSync(sampleRecording.path));
  writeFileSync(path.join(interviews, 'bad.mp3'), notARecording());
  const command = ['transcribe', 'interviews', '--controller', product.origin, '--format', 'txt,srt', '--out', 'texts', '--json'];
  const { code, stdout, stderr } = await runCli(command, folder, { CONTROLLER_TOKEN: token });
  expect(code).toBe(1);
  const lines = jsonLines<Line>(stdout);
  expect(lines.map(({ name, status }) => `${name} ${status}`).sort()).toEqual(['anna.mp3 transcribed', 'anna.mp3 transcribed', 'bad.mp3 failed']);
  expect(lines.find(({ status }) => status === 'failed')?.error).toMatchObject({ code: 'media_unreadable' });
  expect(readFileSync(path.join(folder, 'texts/monday/anna.txt'), 'utf8')).toBe(`${sampleRecording.text}\n`);
  expect(readFileSync(path.join(folder, 'texts/anna.srt'), 'utf8')).toContain('-->');
  expect(stderr).toContain('3 recordings: 2 transcribed, 1 failed');
  expect(stderr).not.toContain(token);
  expect(await held<Job[]>('/api/jobs', token)).toMatchObject([{ name: 'interviews' }]);
});

it('an upload that is killed, and cut, goes on from what has arrived', async () => {
  const [, token] = tokens;
  const folder = emptyFolder();
  const file = await writeSilence(path.join(folder, 'long.wav'), 600);
  const size = readFileSync(file).length;
  await using proxy = await openProxy([12e6]);
  const command = ['transcribe', 'long.wav', '--controller', proxy.origin, '--out', 'texts'];
  const env = { CONTROLLER_TOKEN: token };
  const child = startCli(command, folder, env);
  const end = ended(child);
  await vi.waitFor(() => expect(proxy.sent()).toBeGreaterThan(9e6), { timeout: 90_000, interval: 1 });
  child.kill('SIGKILL');
  await end;
  const { code, stderr } = await runCli(command, folder, env);
  expect([code, stderr]).toEqual([0, expect.stringContaining('long.wav: 0:10:00 of recording')]);
  // A kill and a cut lose a piece of 4 MiB each, at most.
  expect(proxy.cuts()).toBe(1);
  expect(proxy.sent()).toBeLessThan(size + 2 * 4.4e6);
  expect(await held<Recording[]>('/api/recordings', token)).toEqual([]);
  expect((await held<Job[]>('/api/jobs', token)).flatMap((job) => job.tasks)).toHaveLength(1);
});

it('stopped by Ctrl-C while it waits, it fetches the rest with the same command, and the controller does nothing twice', async () => {
  const [, , token] = tokens;
  const folder = emptyFolder();
  mkdirSync(path.join(folder, 'in'));
  for (let n = 0; n < 5; n += 1) await writeWav(path.join(folder, 'in', `${n}.wav`), new Float32Array(4000).fill(n / 1000));
  // However fast the machine is: this one is not through when the first one is told.
  writeFileSync(path.join(folder, 'in', '5.mp3'), longRecording(30));
  const command = ['transcribe', 'in', '--controller', product.origin, '--token', token, '--out', 'texts', '--json'];
  const child = startCli(command, folder);
  const end = ended(child);
  child.stdout.once('data', () => child.kill('SIGINT'));
  const stopped = await end;
  expect([stopped.code, stopped.stderr]).toEqual([130, expect.stringContaining('The controller goes on with what it has')]);
  const { code, stdout } = await runCli(command, folder);
  const lines = jsonLines<Line>(stdout);
  expect(code).toBe(0);
  expect(lines).toHaveLength(6);
  expect(lines.filter(({ status }) => status === 'done')).toHaveLength(jsonLines(stopped.stdout).length);
  const jobs = await held<Job[]>('/api/jobs', token);
  expect(jobs.map((job) => job.tasks.map(({ attempt }) => attempt))).toEqual([[1, 1, 1, 1, 1, 1]]);
});

it.each([
  [['--token', 'not-one-of-its-tokens'], 1, 'The controller does not know this token. Give it one of its API_TOKENS'],
  [[], 2, 'A controller wants a token'],
  [['--token', tokens[0], '--model', './folder'], 1, 'A controller has models of its own'],
  [['--token', tokens[0], '--model', 'nothing'], 1, 'There is no model "nothing"'],
  [['--token', tokens[0], '--controller', 'http://127.0.0.1:2'], 1, 'No controller answers at http://127.0.0.1:2 (ECONNREFUSED). Check the address'],
])('%j ends with a sentence that says what to do', async (args, code, said) => {
  const end = await runCli(['transcribe', 'a.mp3', '--controller', product.origin, ...args], folderWith('a.mp3'));
  expect([end.code, end.stdout, end.stderr]).toEqual([code, '', expect.stringContaining(said)]);
  expect(end.stderr).not.toMatch(/ {4}at /);
});

async function openProxy(cutAt: readonly number[]) {
  const proxy = await startCuttingProxy({ port: Number(new URL(product.origin).port), cutAt });
  return { ...proxy, [Symbol.asyncDispose]: () => proxy.close() };
}
