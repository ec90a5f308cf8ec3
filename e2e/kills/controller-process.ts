/** The whole product as processes that can be killed: controller → local worker → engine. Linux only (reads /proc). */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const root = path.resolve(import.meta.dirname, '../..');

export type Victim = 'engine' | 'worker' | 'controller';

export class ControllerProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Starts on `port` and waits until a transcription would be accepted. */
  static async start(dataRoot: string, port: number): Promise<ControllerProcess> {
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, ENV_FILE: 'none', DATA_ROOT: dataRoot, PORT: String(port), LOG_LEVEL: 'warn' };
    const child = spawn(process.execPath, ['--conditions=bulk-transcribe-source', 'apps/controller/src/main.ts'], {
      cwd: root,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const product = new ControllerProcess(child, `http://127.0.0.1:${port}`);
    while (!(await product.#isReady())) {
      if (child.exitCode !== null) throw new Error(`The controller ended with code ${child.exitCode}.`);
      await pause(100);
    }
    return product;
  }

  async #isReady(): Promise<boolean> {
    const answer = await fetch(`${this.url}/readyz`).catch(() => null);
    return answer?.ok ?? false;
  }

  /** kill -9. Answers the process id that is no more. */
  async kill(victim: Victim): Promise<number> {
    const pid = this.pid(victim);
    if (victim === 'controller') {
      const ended = once(this.#child, 'exit');
      process.kill(pid, 'SIGKILL');
      await ended;
    } else process.kill(pid, 'SIGKILL');
    return pid;
  }

  pid(which: Victim): number {
    const controller = this.#child.pid ?? 0;
    if (which === 'controller') return controller;
    const worker = childWith(controller, 'apps/worker/');
    return which === 'worker' ? worker : childWith(worker, 'engine-process');
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }
}

function childWith(parent: number, words: string): number {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ').filter(Boolean);
  const found = children.find((pid) => commandLine(pid).includes(words));
  if (found === undefined) throw new Error(`Process ${parent} has no child with "${words}".`);
  return Number(found);
}

const commandLine = (pid: string): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');

export const canFindProcesses = existsSync('/proc/self/task');

/** Whether any process has `text` in its environment: what was started for this data folder and still lives. */
export function processesFor(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(text);
      } catch {
        return false;
      }
    });
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
