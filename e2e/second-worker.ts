/** A worker process of its own, as it would run in a pod or on another machine: the real engine, its own data and token. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const workerEntry = fileURLToPath(new URL('../apps/worker/src/main.ts', import.meta.url));

export interface SecondWorker {
  readonly url: string;
  /** As controllers name it. */
  readonly name: string;
  readonly token: string;
  /** Ends it at once, as a pod that is terminated. */
  kill(): Promise<void>;
}

export async function startSecondWorker(token: string): Promise<SecondWorker & AsyncDisposable> {
  const dataRoot = await mkdtemp(path.join(os.tmpdir(), 'second-worker-'));
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { PATH, HOME, TMPDIR, ENV_FILE: 'none', HOST: '127.0.0.1', PORT: '0', DATA_ROOT: dataRoot, WORKER_TOKEN: token, LOG_LEVEL: 'warn' };
  const execArgv = ['--conditions=bulk-transcribe-source'];
  const child: ChildProcess = fork(workerEntry, [], {
    env: { ...env, TERMINATE_IDLE_TIME: '0' },
    execArgv,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  const remove = async (): Promise<void> => {
    await kill();
    await rm(dataRoot, { recursive: true, force: true });
  };
  return { url, name: new URL(url).host, token, kill, [Symbol.asyncDispose]: remove };
}
