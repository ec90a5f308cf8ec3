import { fork } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeWorkerEntry, forkWorker, kill, spawnWorker, temporaryFolder } from './run-worker.ts';
import { bytesOf } from './worker-client.ts';

/** Waits for the end of a process that cannot start. */
async function failure(env: Record<string, string>): Promise<{ code: number | null; stderr: string }> {
  const child = forkWorker(await temporaryFolder(), fakeWorkerEntry, env);
  const [stderr, [code]] = await Promise.all([text(child.stderr ?? Readable.from([])), once(child, 'exit') as Promise<[number | null]>]);
  return { code, stderr };
}

describe('starting', () => {
  it('names every wrong setting and what is allowed, and exits with 2', async () => {
    const { code, stderr } = await failure({ PORT: 'eighty', WORKER_TOKEN: 'short' });
    expect(code).toBe(2);
    expect(stderr).toContain('PORT is "eighty"; allowed: a port number');
    expect(stderr).toContain('WORKER_TOKEN is not usable');
    expect(stderr).not.toContain('short');
  });

  it('says in one sentence that its port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { code, stderr } = await failure({ PORT: String(port) });
    expect(code).toBe(1);
    expect(stderr.trim()).toBe(
      `Port ${port} on 127.0.0.1 is in use, perhaps by Bulk Transcribe itself. Stop the program that uses it, or set PORT to another one.`,
    );
  });

  it('says which address or folder it cannot use', async () => {
    const host = await failure({ HOST: '192.0.2.1' });
    expect([host.code, host.stderr.trim()]).toEqual([
      1,
      '192.0.2.1 is not an address of this machine. Set HOST to one that is: 127.0.0.1 for this machine alone, 0.0.0.0 for all.',
    ]);
    const folder = await failure({ DATA_ROOT: path.join(fakeWorkerEntry, 'data') });
    expect(folder.code).toBe(1);
    expect(folder.stderr).toMatch(/data cannot be used as a folder\. Set DATA_ROOT to one that can be written\.\n$/);
  });

  it('does not share its folder with a second worker, and starts as soon as the first one is gone', async () => {
    const dataRoot = await temporaryFolder();
    const first = await spawnWorker(dataRoot);
    const second = forkWorker(dataRoot, fakeWorkerEntry);
    const [stderr, [code]] = await Promise.all([text(second.stderr ?? Readable.from([])), once(second, 'exit') as Promise<[number]>]);
    expect(code).toBe(1);
    expect(stderr).toContain(`Another process uses ${dataRoot}`);
    await kill(first.child);
    const third = forkWorker(dataRoot, fakeWorkerEntry);
    expect((await once(third, 'message'))[0]).toMatchObject({ type: 'listening', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
  });

  it.skipIf(process.platform === 'win32')('keeps what it writes from other users of the machine', async () => {
    const dataRoot = path.join(await temporaryFolder(), 'data');
    const { client } = await spawnWorker(dataRoot);
    const { id } = await client.submit(bytesOf('fake{windows=1}'));
    await client.untilState(id, 'succeeded');
    const written = ['.', '.lock', 'tasks', `tasks/${id}`, `tasks/${id}/input`, `tasks/${id}/result.json`];
    expect(written.filter((name) => statSync(path.join(dataRoot, name)).mode & 0o077)).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('closes cleanly on %s in the middle of a task', async (signal) => {
    const { child, client } = await spawnWorker(await temporaryFolder());
    const { id } = await client.submit(bytesOf('fake{hang-after=1}'));
    await client.until(id, ({ type }) => type === 'window');
    const exit = once(child, 'exit');
    child.kill(signal);
    expect(await exit).toEqual([0, null]);
  });

  it('ends when its parent is gone', async () => {
    const dataRoot = await temporaryFolder();
    const parent = fork(fileURLToPath(new URL('./worker-parent.ts', import.meta.url)), [fakeWorkerEntry, dataRoot], {
      execArgv: ['--conditions=bulk-transcribe-source', '--no-warnings'],
    });
    onTestFinished(() => kill(parent));
    const [{ url }] = (await once(parent, 'message')) as [{ url: string }];
    await kill(parent);
    // The folder's lock is free only when the orphan has ended.
    const heir = await spawnWorker(dataRoot);
    expect((await heir.client.fetch('/health')).status).toBe(200);
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });
});
