/**
 * What a newcomer meets: a fresh clone, an empty HOME, a PATH with node, npm and sh and nothing else.
 * `npm start` must serve and transcribe the sample; Ctrl-C must leave nothing running; the second start must work
 * without network. Prints the times. `--tests` runs `npm test` there as well.
 * Usage: node scripts/bare-machine.ts [--tests] [node program] [npm-cli.js]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sampleRecording } from '../packages/sample/src/index.ts';
import { bareEnvironment, freePort, noNetwork, startProduct, toEnd } from './bare-machine/product.ts';
import { transcribeSample } from './bare-machine/transcribe-sample.ts';

const root = path.resolve(import.meta.dirname, '..');
const programs = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const place = mkdtempSync(path.join(tmpdir(), 'bulk-transcribe-bare-'));
const clone = path.join(place, 'clone');
const failures: string[] = [];

try {
  prepare();
  const env = bareEnvironment(place);
  await firstStart(env);
  await secondStart({ ...env, ...noNetwork });
  if (process.argv.includes('--tests')) expect('npm test passes', (await toEnd(clone, ['test'], env)) === 0);
  expect('git status is clean', execFileSync('git', ['status', '--porcelain'], { cwd: clone }).toString() === '');
} finally {
  rmSync(place, { recursive: true, force: true });
}
console.log(failures.length === 0 ? 'bare machine: all good' : `bare machine: ${failures.length} failed: ${failures.join('; ')}`);
process.exitCode = failures.length === 0 ? 0 : 1;

function prepare(): void {
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, clone]);
  const [node = process.execPath, npm = execFileSync('sh', ['-c', 'readlink -f "$(command -v npm)"']).toString().trim()] = programs;
  mkdirSync(path.join(place, 'home'));
  mkdirSync(path.join(place, 'bin'));
  for (const [name, target] of Object.entries({ node, npm, sh: '/bin/sh' })) symlinkSync(target, path.join(place, 'bin', name));
}

async function firstStart(env: NodeJS.ProcessEnv): Promise<void> {
  const product = await startProduct(clone, { ...env, PORT: String(await freePort()) });
  console.log(`first start: ready after ${product.readyAfterSec.toFixed(1)} s`);
  const began = performance.now();
  const text = await transcribeSample(product.url);
  console.log(`sample: ${((performance.now() - began) / 1000).toFixed(1)} s: ${text}`);
  expect('every word of the sample is right', words(text) === words(sampleRecording.text));
  expect('Ctrl-C ends everything', await product.interrupt());
}

async function secondStart(env: NodeJS.ProcessEnv): Promise<void> {
  const product = await startProduct(clone, { ...env, PORT: String(await freePort()) });
  console.log(`second start, without network: ready after ${product.readyAfterSec.toFixed(1)} s`);
  expect('the second start is ready within 8 s', product.readyAfterSec <= 8);
  expect('Ctrl-C ends everything, again', await product.interrupt());
}

function words(text: string): string {
  return (
    text
      .toLowerCase()
      .match(/[a-z']+/g)
      ?.join(' ') ?? ''
  );
}

function expect(what: string, good: boolean): void {
  console.log(`${good ? 'ok  ' : 'FAIL'} ${what}`);
  if (!good) failures.push(what);
}
