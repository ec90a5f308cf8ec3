import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DirectoryLockedError, lockDirectory } from '../src/index.ts';

const source = new URL('../src/directory-lock.ts', import.meta.url).href;
let holder: ChildProcess | undefined;
afterEach(() => holder?.kill('SIGKILL'));

/** Another process that takes the lock and keeps it. */
async function holdIn(directory: string): Promise<ChildProcess> {
  const script = `const { lockDirectory } = await import(${JSON.stringify(source)}); globalThis.lock = lockDirectory(process.argv[1]); process.send('held'); setInterval(() => {}, 1e6);`;
  holder = spawn(process.execPath, ['--input-type=module', '-e', script, directory], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await once(holder, 'message');
  return holder;
}

describe('a directory lock', () => {
  const directory = () => mkdtempSync(path.join(tmpdir(), 'bt-lock-'));

  it('keeps a second process out with a sentence that names the directory', async () => {
    const place = directory();
    await holdIn(place);
    expect(() => lockDirectory(place)).toThrow(DirectoryLockedError);
    expect(() => lockDirectory(place)).toThrow(`Another process uses ${place}.`);
  });

  it('ends with a process killed by SIGKILL', async () => {
    const place = directory();
    const child = await holdIn(place);
    child.kill('SIGKILL');
    await once(child, 'exit');
    lockDirectory(place)[Symbol.dispose]();
  });

  it('can be given back and taken again', () => {
    const place = directory();
    lockDirectory(place)[Symbol.dispose]();
    lockDirectory(place)[Symbol.dispose]();
  });
});
