/** Workers for tests: one inside this process, or a whole process of its own that can be killed. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultOptions, type Health } from '@bulk-transcribe/protocol';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { buildWorker, type WorkerOptions } from '../src/app.ts';
import { systemClock } from '../src/life/clock.ts';
import { Lifecycle } from '../src/life/lifecycle.ts';
import { createFakeEngine, type FakeEngine } from './fake-engine.ts';
import { limitsFor, nowhere } from './life/lives.ts';
import { TOKEN, WorkerClient } from './worker-client.ts';

const identity = { version: '0.0.0', gitCommit: 'test', buildTime: 'unknown' };
export const fakeWorkerEntry = fileURLToPath(new URL('./fake-engine-worker.ts', import.meta.url));
export const workerEntry = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'worker-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface RunOptions extends Partial<Pick<WorkerOptions, 'engineRetryMs' | 'lifecycle' | 'fetchModel' | 'paidGpu' | 'pull'>> {
  readonly dataRoot?: string;
  readonly token?: string;
  readonly model?: string;
  readonly engine?: FakeEngine;
}

/** Builds and listens; closed when the test ends. Resolves once the engine has been tried. */
export async function runWorker({ dataRoot, token = TOKEN, model = defaultOptions.model, engine = createFakeEngine(), ...rest }: RunOptions = {}) {
  const root = dataRoot ?? (await temporaryFolder());
  const config = { WORKER_TOKEN: token, DATA_ROOT: root, MODEL: model };
  const lifecycle = rest.lifecycle ?? new Lifecycle({ clock: systemClock, limits: limitsFor({ idleMs: null }), platform: nowhere });
  if (!token) lifecycle.closeIntake('WORKER_TOKEN is not set. Set it and start the worker again.');
  const { app } = await buildWorker({ config, identity, engine, log: pino({ level: 'silent' }), ...rest, lifecycle });
  const client = new WorkerClient(await app.listen({ port: 0, host: '127.0.0.1' }));
  onTestFinished(() => app.close());
  return { app, client, engine, lifecycle, dataRoot: root };
}

/** Starts a worker process and waits until it listens and accepts tasks; killed when the test ends. */
export async function spawnWorker(dataRoot: string, { entry = fakeWorkerEntry, env = {} } = {}) {
  const child = forkWorker(dataRoot, entry, env);
  const [{ url }] = (await once(child, 'message')) as [{ type: 'listening'; url: string }];
  const client = new WorkerClient(url);
  await untilAccepting(client);
  return { child, client };
}

export function forkWorker(dataRoot: string, entry: string, env: Record<string, string> = {}): ChildProcess {
  const child = fork(entry, [], {
    execArgv: ['--conditions=bulk-transcribe-source', '--no-warnings'],
    env: { PATH: process.env['PATH'], ENV_FILE: 'none', PORT: '0', LOG_LEVEL: 'silent', WORKER_TOKEN: TOKEN, DATA_ROOT: dataRoot, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  onTestFinished(() => kill(child));
  return child;
}

/** kill -9, and waits until the process is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** A process tells no one when its engine is loaded; asking is all a client can do. */
async function untilAccepting(client: WorkerClient): Promise<void> {
  for (;;) {
    const health = (await (await client.fetch('/health')).json()) as Health;
    if (health.accepting) return;
    if (health.status === 'failed') throw new Error(health.message);
  }
}
