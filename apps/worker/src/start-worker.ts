/** From environment to listening process; the same for the real engine and for a scripted one. */
import { mkdirSync } from 'node:fs';
import {
  closeOnSignal,
  createLogger,
  DirectoryLockedError,
  keepFilesPrivate,
  lockDirectory,
  readIdentity,
  SettingsError,
} from '@bulk-transcribe/service';
import type { Engine } from '@bulk-transcribe/speech';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { buildWorker } from './app.ts';
import { type Config, projectRoot, readConfig } from './config.ts';

/** A predecessor that is being killed holds the directory for a moment longer. */
const LOCK_WAIT_MS = 5_000;
const EXIT_SETTINGS = 2;
const EXIT_START = 1;

/** Makes the engine; nothing is loaded before its `prepare`. */
export type CreateEngine = (config: Config, log: Logger) => Engine;

/** Runs a worker in this process until a signal comes, or its parent is gone. */
export async function startWorker(createEngine: CreateEngine): Promise<void> {
  try {
    await run(readConfig(), createEngine);
  } catch (cause) {
    process.stderr.write(`${explain(cause)}\n`);
    process.exit(cause instanceof SettingsError ? EXIT_SETTINGS : EXIT_START);
  }
}

async function run(config: Config, createEngine: CreateEngine): Promise<void> {
  keepFilesPrivate();
  const log = createLogger('worker', { level: config.LOG_LEVEL, format: config.LOG_FORMAT });
  let app: FastifyInstance | undefined;
  let engine: Engine | undefined;
  let lock: Disposable | undefined;
  // First of all: a parent that is gone before we listen must end us, too.
  closeOnSignal(log, async () => {
    await app?.close();
    await engine?.close();
    lock?.[Symbol.dispose]();
  });
  mkdirSync(config.DATA_ROOT, { recursive: true, mode: 0o700 });
  lock = lockDirectory(config.DATA_ROOT, LOCK_WAIT_MS);
  const identity = readIdentity(projectRoot, { gitCommit: config.GIT_COMMIT, buildTime: config.BUILD_TIME });
  engine = createEngine(config, log);
  app = await buildWorker({ config, identity, engine, log });
  const url = await app.listen({ port: config.PORT, host: config.HOST, listenTextResolver: (address) => `listening on ${address}` });
  // Where the parent is gone already, its disconnect ends us in order; an error here would end us out of it.
  process.send?.({ type: 'listening', url }, () => undefined);
}

const unusableFolder: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST']);

/** What a person reads when the worker cannot start. */
function explain(cause: unknown): string {
  if (cause instanceof SettingsError || cause instanceof DirectoryLockedError) return cause.message;
  const { code, address, port, path } = cause as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} on ${address} is in use. Stop the program that uses it, or set PORT to another one.`;
  if (code === 'EACCES' && port) return `Port ${port} may not be used without more rights. Set PORT to one above 1023.`;
  if (code === 'EADDRNOTAVAIL') return `${address} is not an address of this machine. Set HOST to one that is, or to 0.0.0.0 for all.`;
  if (path && code && unusableFolder.has(code)) return `${path} cannot be used as a folder. Set DATA_ROOT to one that can be written.`;
  if (code === 'ENOSPC') return 'The disk is full. Free space where DATA_ROOT lies and start again.';
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
