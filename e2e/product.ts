/** The real product for tests: built pages, controller from source as a child process, its own data, worker and engine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const web = path.join(root, 'apps/web');
const controllerEntry = path.join(root, 'apps/controller/src/main.ts');

/** Longest wait until the product is ready, and how often it is asked, milliseconds. */
const READY_MS = 250_000;
const ASK_EVERY_MS = 100;

export interface Product {
  readonly origin: string;
  readonly dataRoot: string;
  /** Process id of the controller that was started last. */
  pid(): number;
  /** Ends the controller at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again with the same data under the same address, and waits until it takes work. */
  start(): Promise<void>;
  /** The same without waiting. */
  launch(): void;
  /** Ends it as Ctrl-C or a service manager would, and waits. */
  stop(): Promise<void>;
  /** Ends it and removes its data. */
  remove(): Promise<void>;
}

/** Where it runs, for those who want to choose. */
export interface ProductPlace {
  readonly dataRoot?: string;
  /** Program and arguments that put the controller into another place: they end with running what follows. */
  readonly enter?: readonly string[];
  /** Each line that controller and worker log. */
  readonly onLine?: (line: string) => void;
}

/** `settings`: environment variables of the controller beside those that every test needs. */
export async function startProduct(settings: Readonly<Record<string, string>> = {}, place: ProductPlace = {}): Promise<Product> {
  await buildPages();
  const dataRoot = place.dataRoot ?? (await mkdtemp(path.join(os.tmpdir(), 'bulk-transcribe-e2e-')));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const launch = (): ChildProcess => {
    child = spawnController({ ...place, dataRoot, port, settings });
    return child;
  };
  const start = () => ready(origin, launch());
  const end = async (signal: NodeJS.Signals) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  await start().catch(async (cause) => {
    await end('SIGKILL');
    throw cause;
  });
  return {
    origin,
    dataRoot,
    pid: () => child?.pid ?? 0,
    start,
    launch,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    remove: async () => {
      await end('SIGTERM');
      await rm(dataRoot, { recursive: true, force: true });
    },
  };
}

interface Controller extends ProductPlace {
  readonly dataRoot: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
}

function spawnController({ dataRoot, port, settings, enter = [], onLine }: Controller): ChildProcess {
  const { PATH, HOME, TMPDIR, SystemRoot } = process.env;
  const env = {
    PATH,
    HOME,
    TMPDIR,
    SystemRoot,
    ENV_FILE: 'none',
    DATA_ROOT: dataRoot,
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_LEVEL: 'warn',
    ...settings,
  };
  const [program = '', ...args] = [...enter, process.execPath, '--conditions=bulk-transcribe-source', controllerEntry];
  const child = spawn(program, args, { env, stdio: ['ignore', onLine ? 'pipe' : 'ignore', 'pipe'] });
  if (child.stdout && onLine) createInterface({ input: child.stdout }).on('line', onLine);
  // Only what goes wrong is worth reading beside the test results.
  if (child.stderr) createInterface({ input: child.stderr }).on('line', (line) => process.stderr.write(`controller: ${line}\n`));
  return child;
}

/** Throws when the process ends before it is ready. */
async function ready(origin: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`The controller ended with ${child.exitCode} before it was ready.`);
    const answer = await fetch(`${origin}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await pause(ASK_EVERY_MS);
  }
  throw new Error(`The controller was not ready after ${READY_MS / 1000} s.`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return address.port;
}

/** Builds the pages where they are missing or older than their source. */
async function buildPages(): Promise<void> {
  const built = path.join(web, 'dist/index.html');
  const sources = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json'].map((name) => newest(path.join(web, name)));
  sources.push(newest(path.join(root, 'packages/protocol/src')));
  if (existsSync(built) && statSync(built).mtimeMs >= Math.max(...sources)) return;
  const vite = path.join(web, 'node_modules/vite/bin/vite.js');
  // The test runner's NODE_ENV would make it a build for development.
  const env = { ...process.env, NODE_ENV: 'production' };
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd: web, env, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`vite build ended with ${code}.`);
}

/** Time of the newest file in a folder, or of a file, milliseconds. */
function newest(place: string): number {
  const stat = statSync(place);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(place).map((name) => newest(path.join(place, name))));
}
