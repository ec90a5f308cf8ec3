/** A whole worker process as it runs in a pod: its environment, its log, its address. */
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Health } from '@bulk-transcribe/protocol';
import { FakeRunpod } from './fake-runpod.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
/** The engine is scripted by the recording: see apps/worker/test/fake-engine.ts. */
const scriptedEntry = path.join(root, 'apps/worker/test/fake-engine-worker.ts');
export const realEntry = path.join(root, 'apps/worker/src/main.ts');
/** What `npm run worker` runs: it starts the worker as a process of its own. */
export const npmRunWorker = { entry: path.join(root, 'scripts/run.mjs'), args: ['worker'] };

export const TOKEN = 'token-of-the-pod-worker';
export const POD = 'e2epod1';
export const KEY = 'rpa_KEY_OF_THE_POD';

export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly time: string;
}

export class PodWorker extends EventEmitter<{ line: [LogLine] }> {
  readonly lines: LogLine[] = [];
  readonly child: ChildProcess;
  readonly dataRoot: string;
  /** Exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  /** All that it said has been read, and it has ended. */
  #isSilent = false;

  private constructor(child: ChildProcess, dataRoot: string) {
    super();
    this.child = child;
    this.dataRoot = dataRoot;
    this.ended = once(child, 'exit').then(([code]) => code as number | null);
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => this.#note(line));
    child.once('close', () => {
      this.#isSilent = true;
      this.emit('line', { level: 'info', msg: '', time: '' });
    });
  }

  /** `env`: what the test sets beside what every worker needs. */
  static async start(env: Readonly<Record<string, string>>, { entry = scriptedEntry, args = [] as string[], cwd = root } = {}): Promise<PodWorker> {
    const dataRoot = await mkdtemp(path.join(os.tmpdir(), 'pod-worker-'));
    const { PATH, HOME, TMPDIR } = process.env;
    const base = { PATH, HOME, TMPDIR, ENV_FILE: 'none', PORT: '0', DATA_ROOT: dataRoot, WORKER_TOKEN: TOKEN, LOG_FORMAT: 'json' };
    const conditions = entry.endsWith('.ts') ? ['--conditions=bulk-transcribe-source', '--no-warnings'] : [];
    const child = spawn(process.execPath, [...conditions, entry, ...args], {
      cwd,
      env: { ...base, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
      // A group of its own, so that what it starts can be killed with it.
      detached: true,
    });
    return new PodWorker(child, dataRoot);
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The first log line, past or to come, whose message `pattern` matches. Throws where it ends without one. */
  async said(pattern: RegExp): Promise<LogLine> {
    for (;;) {
      const found = this.lines.find(({ msg }) => pattern.test(msg));
      if (found) return found;
      if (this.#isSilent) throw new Error(`The worker ended and never said ${pattern}.`);
      await once(this, 'line');
    }
  }

  /** The address, once it listens. */
  async url(): Promise<string> {
    const { msg } = await this.said(/^listening on /);
    return msg.replace('listening on ', '');
  }

  async health(): Promise<Health> {
    return (await (await fetch(`${await this.url()}/health`)).json()) as Health;
  }

  /** Kills it with all that it started, and removes its data. */
  async remove(): Promise<void> {
    if (this.isAlive && this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGKILL');
    await this.ended;
    await rm(this.dataRoot, { recursive: true, force: true });
  }

  #note(line: string): void {
    const parsed = JSON.parse(line) as LogLine;
    this.lines.push(parsed);
    this.emit('line', parsed);
  }
}

/** RunPod with one pod in it, which KEY may delete. */
export async function startRunpod(): Promise<FakeRunpod> {
  const runpod = await FakeRunpod.start();
  runpod.addPod(POD, [KEY]);
  return runpod;
}

/** What RunPod sets in a pod; the idle time runs from the start. */
export const podEnvironment = (runpod: FakeRunpod): Record<string, string> => ({
  RUNPOD_POD_ID: POD,
  RUNPOD_API_KEY: KEY,
  RUNPOD_API_BASE_URL: runpod.url,
  FIRST_CONTACT_TIME: '0',
});
