import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
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
    expect(stderr.trim()).toBe(`Port ${port} on 127.0.0.1 is in use. Stop the program that uses it, or set PORT to another one.`);
  });

  it('does not share its folder with a second worker, but waits for one that is just ending', async () => {
    const dataRoot = await temporaryFolder();
    const first = await spawnWorker(dataRoot);
    const second = forkWorker(dataRoot, fakeWorkerEntry);
    const listening = once(second, 'message');
    // The second one is up to its lock by the time it has loaded everything; only the first one's end lets it go on.
    await kill(first.child);
    expect((await listening)[0]).toMatchObject({ type: 'listening', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
    const third = forkWorker(dataRoot, fakeWorkerEntry);
    const [stderr, [code]] = await Promise.all([text(third.stderr ?? Readable.from([])), once(third, 'exit') as Promise<[number]>]);
    expect(code).toBe(1);
    expect(stderr).toContain(`Another process uses ${dataRoot}`);
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
      execArgv: ['--conditions=source', '--no-warnings'],
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
