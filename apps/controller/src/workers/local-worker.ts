/** The worker app as a child process on a loopback port: started again when it dies, gone when we are. */
import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { toAppError } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import type { Endpoint } from './worker-client.ts';
import type { WorkerSource } from './worker-source.ts';

export interface LocalWorkerOptions {
  /** The program, TypeScript or built. */
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
  readonly token: string;
  readonly log: Logger;
}

/** What the child sends by IPC once it listens. */
interface Listening {
  readonly type: 'listening';
  readonly url: string;
}

const isListening = (message: unknown): message is Listening => {
  const { type, url } = (message ?? {}) as Partial<Listening>;
  return type === 'listening' && typeof url === 'string';
};

/** Pauses before a dead child is started again: 0.5, 1, 2, … 30 s; from the start once one has lived for a minute. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const HEALTHY_MS = 60_000;
/** A child that has not come up by then never will. */
const START_MS = 120_000;
/** The worker itself stops within 10 s. */
const STOP_MS = 12_000;

export class LocalWorker extends EventEmitter<{ change: [] }> implements WorkerSource {
  readonly name = 'local';
  readonly remote = false;
  readonly #options: LocalWorkerOptions;
  readonly #closing = new AbortController();
  readonly #living: Promise<void>;
  #endpoint: Endpoint | null = null;
  #message = '';
  #child: ChildProcess | null = null;

  constructor(options: LocalWorkerOptions) {
    super();
    this.#options = options;
    this.#say(null, 'The local worker is starting.');
    this.#living = this.#live();
  }

  get endpoint(): Endpoint | null {
    return this.#endpoint;
  }

  get message(): string {
    return this.#message;
  }

  explain(cause: unknown): string {
    return `The worker local is not reachable: ${toAppError(cause).message}`;
  }

  /** A process that hangs does not stop when it is asked to. */
  restart(): void {
    this.#child?.kill('SIGKILL');
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#living;
  }

  async #live(): Promise<void> {
    const { signal } = this.#closing;
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      const started = performance.now();
      const end = await this.#runChild();
      if (signal.aborted) break;
      if (performance.now() - started > HEALTHY_MS) pauseMs = FIRST_PAUSE_MS;
      this.#options.log.warn({ ...end, pauseMs }, 'the local worker ended and is started again');
      this.#say(null, 'The local worker ended and is being started again.');
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
    this.#say(null, 'The controller is stopping.');
  }

  /** From start to end of one child. */
  async #runChild(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    const { entry, env, token, log } = this.#options;
    const execArgv = entry.endsWith('.ts') ? ['--conditions=bulk-transcribe-source'] : [];
    // Its log lines are of the same kind as ours and go the same way.
    // In a group of its own, so that Ctrl-C in a terminal reaches us alone and we stop it in our order.
    const detached = process.platform !== 'win32';
    const child = fork(entry, [], { execArgv, env, detached, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child = child;
    const ended = childEnd(child);
    const tooLate = setTimeout(() => child.kill('SIGKILL'), START_MS);
    const stop = (): void => void stopChild(child);
    this.#closing.signal.addEventListener('abort', stop, { once: true });
    child.on('message', (message) => {
      if (!isListening(message)) return;
      clearTimeout(tooLate);
      log.info({ workerPid: child.pid, url: message.url }, 'the local worker listens');
      this.#say({ url: message.url, token }, '');
    });
    const end = await ended;
    clearTimeout(tooLate);
    this.#closing.signal.removeEventListener('abort', stop);
    return end;
  }

  #say(endpoint: Endpoint | null, message: string): void {
    this.#endpoint = endpoint;
    this.#message = message;
    this.emit('change');
  }
}

function childEnd(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    // It could not even be started.
    child.once('error', () => child.pid === undefined && resolve({ code: null, signal: null }));
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit', { signal: AbortSignal.timeout(STOP_MS) }).catch(() => child.kill('SIGKILL'));
}
