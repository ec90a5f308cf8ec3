import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const entry = fileURLToPath(new URL('./stubborn-process.ts', import.meta.url));

it.skipIf(process.platform === 'win32')('a second signal ends at once what does not close', async () => {
  const child = spawn(process.execPath, ['--conditions=bulk-transcribe-source', '--no-warnings', entry], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  expect(await next()).toBe('ready');
  child.kill('SIGINT');
  expect(JSON.parse((await next()) ?? '')).toMatchObject({ msg: 'stopping', reason: 'SIGINT' });
  const exit = once(child, 'exit');
  // Within a second they count as one.
  await pause(1_100);
  child.kill('SIGTERM');
  expect(await exit).toEqual([1, null]);
});
