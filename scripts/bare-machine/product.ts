/** The product as a person starts it: `npm start` in a clone, in a process group of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface Product {
  readonly url: string;
  readonly readyAfterSec: number;
  /** Ctrl-C: SIGINT to the whole group. Answers whether every process of the clone is gone. */
  readonly interrupt: () => Promise<boolean>;
}

const LIMIT_MS = 10 * 60_000;

/** How this machine reaches its package registry; a newcomer's machine would know as much. */
const network = ['NODE_EXTRA_CA_CERTS', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'npm_config_registry'];

/** An empty HOME, a PATH of three programs, and nothing else. */
export function bareEnvironment(place: string): NodeJS.ProcessEnv {
  const kept = network.filter((name) => process.env[name] !== undefined).map((name) => [name, process.env[name]]);
  return { HOME: path.join(place, 'home'), PATH: path.join(place, 'bin'), ...Object.fromEntries(kept) };
}

/** Every way out leads to a closed port. */
export const noNetwork: NodeJS.ProcessEnv = {
  npm_config_registry: 'http://127.0.0.1:9/',
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
};

export async function startProduct(clone: string, env: NodeJS.ProcessEnv): Promise<Product> {
  const began = performance.now();
  const child = spawn('npm', ['start'], { cwd: clone, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const url = `http://127.0.0.1:${env['PORT']}`;
  await ready(url, child);
  return { url, readyAfterSec: (performance.now() - began) / 1000, interrupt: () => interrupt(child, clone) };
}

export async function toEnd(clone: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn('npm', args, { cwd: clone, env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`npm start ended with code ${child.exitCode}.`);
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await pause(100);
  }
  throw new Error('npm start did not become ready within ten minutes.');
}

async function interrupt(child: ChildProcess, clone: string): Promise<boolean> {
  const ended = child.exitCode === null ? once(child, 'exit') : Promise.resolve();
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
  await ended;
  const deadline = performance.now() + 15_000;
  while (processesIn(clone).length > 0 && performance.now() < deadline) await pause(100);
  return processesIn(clone).length === 0;
}

/** Processes whose working directory lies in the clone (Linux; elsewhere none are found). */
function processesIn(clone: string): string[] {
  return pids().filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(clone);
    } catch {
      return false;
    }
  });
}

function pids(): string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}
