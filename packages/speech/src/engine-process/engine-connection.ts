/** One child process that is the engine: alive until it ends, for whatever reason, and then never used again. */
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { AppError } from '@bulk-transcribe/protocol';
import { cancelled } from '../cancel.ts';
import type { SpeechEvent } from '../engine.ts';
import { ALLOCATOR } from './allocator.ts';
import type { EngineAnswer, EngineCall, EngineFailure, EngineReply, EngineRequest } from './messages.ts';

const require = createRequire(import.meta.url);

/** The part of a pino logger that the engine needs. */
export interface EngineLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

type FinalAnswer = Extract<EngineAnswer, { type: 'loaded' | 'model-loaded' | 'finished' }>;

interface AskOptions {
  readonly onEvent?: (event: SpeechEvent) => void;
  /** For a call that is not alone: the process goes on. */
  readonly signal?: AbortSignal;
}

interface OpenCall {
  readonly onEvent: (event: SpeechEvent) => void;
  readonly resolve: (answer: FinalAnswer) => void;
  readonly reject: (cause: AppError) => void;
}

export class EngineConnection {
  readonly #child: ChildProcess;
  readonly #log: EngineLog | undefined;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  /** Those without a last answer yet, by number. Not waiting on `ended` itself, which would hold every answer until the process ends. */
  readonly #calls = new Map<number, OpenCall>();
  #nextCall = 0;
  #crash: AppError | null = null;
  #isKilled = false;

  constructor(log?: EngineLog, env?: Readonly<Record<string, string>>) {
    this.#log = log;
    const entry = require.resolve('@bulk-transcribe/speech/engine-child');
    // biome-ignore lint/style/noProcessEnv: a child has the environment of its owner, unless it is given another
    const environment = { ...ALLOCATOR, ...(env ?? process.env) };
    this.#child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: environment });
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.#crash = new AppError('engine_crashed', `The engine process ended unexpectedly (${how}).`);
        for (const { reject } of this.#calls.values()) reject(this.#crash);
        resolve();
      };
      this.#child.once('exit', (code, signal) => end(signal ? `signal ${signal}` : `exit code ${code}`));
      this.#child.once('error', (error) => end(error.message));
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => log?.warn({ engine: this.pid, line }, 'engine output'));
    }
    this.#child.on('message', (answer: EngineReply) => this.#receive(answer));
    log?.info({ engine: this.pid }, 'engine process started');
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** False from the moment on at which it is killed, though it may take a little longer. */
  get alive(): boolean {
    return !this.#isKilled && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Sends one request and waits for its last answer. Rejects with the child's error, with engine_crashed when it ends, with cancelled when `signal` aborts. */
  ask(request: EngineRequest, { onEvent = () => {}, signal }: AskOptions = {}): Promise<FinalAnswer> {
    const call = this.#nextCall++;
    return new Promise<FinalAnswer>((resolve, reject) => {
      this.#calls.set(call, { onEvent, resolve, reject });
      if (this.#crash) reject(this.#crash);
      signal?.addEventListener('abort', () => this.#cancel(call, signal), { once: true });
      this.#send({ ...request, call });
    }).finally(() => this.#calls.delete(call));
  }

  /** The child goes on with what others have asked for, and drops this when it comes to an end of what it computes. */
  #cancel(call: number, signal: AbortSignal): void {
    if (!this.#calls.has(call)) return;
    this.#send({ type: 'cancel', call });
    this.#calls.get(call)?.reject(cancelled(signal));
  }

  #send(request: EngineCall): void {
    this.#child.send(request, (error) => {
      // The exit that explains it follows.
      if (error) this.#log?.warn({ engine: this.pid, err: error }, 'engine process cannot be reached');
    });
  }

  #receive(answer: EngineReply): void {
    const asked = this.#calls.get(answer.call);
    if (answer.type === 'event') asked?.onEvent(answer.event);
    else if (answer.type === 'failed') asked?.reject(this.#errorOf(answer));
    else asked?.resolve(answer);
  }

  async kill(): Promise<void> {
    this.#isKilled = true;
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  #errorOf({ code, message, field, detail }: EngineFailure): AppError {
    this.#log?.info({ engine: this.pid, code, detail }, 'engine answered with an error');
    return new AppError(code, message, field === undefined ? {} : { field });
  }
}
