/** One child process that is the engine: alive until it ends, for whatever reason, and then never used again. */
import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { AppError } from '@bulk-transcribe/protocol';
import type { SpeechEvent } from '../engine.ts';
import type { EngineAnswer, EngineFailure, EngineRequest } from './messages.ts';

const require = createRequire(import.meta.url);

/** The part of a pino logger that the engine needs. */
export interface EngineLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

type FinalAnswer = Extract<EngineAnswer, { type: 'loaded' | 'model-loaded' | 'finished' }>;

export class EngineConnection {
  readonly #child: ChildProcess;
  readonly #log: EngineLog | undefined;
  /** Resolves when the process is gone. */
  readonly ended: Promise<void>;
  /** Calls without an answer yet. Not waiting on `ended` itself, which would hold every answer until the process ends. */
  readonly #waiting = new Set<(crash: AppError) => void>();
  #crash: AppError | null = null;

  constructor(log?: EngineLog, env?: Readonly<Record<string, string>>) {
    this.#log = log;
    const entry = require.resolve('@bulk-transcribe/speech/engine-child');
    this.#child = fork(entry, [], { serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'], ...(env && { env }) });
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        this.#crash = new AppError('engine_crashed', `The engine process ended unexpectedly (${how}).`);
        for (const reject of this.#waiting) reject(this.#crash);
        resolve();
      };
      this.#child.once('exit', (code, signal) => end(signal ? `signal ${signal}` : `exit code ${code}`));
      this.#child.once('error', (error) => end(error.message));
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => log?.warn({ engine: this.pid, line }, 'engine output'));
    }
    log?.info({ engine: this.pid }, 'engine process started');
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Sends one request and waits for its last answer. Rejects with the child's error, or with engine_crashed when it ends. */
  ask(request: EngineRequest, onEvent: (event: SpeechEvent) => void = () => {}): Promise<FinalAnswer> {
    return new Promise((resolve, reject) => {
      const receive = (answer: EngineAnswer) => {
        if (answer.type === 'event') return onEvent(answer.event);
        this.#child.off('message', receive);
        this.#waiting.delete(reject);
        if (answer.type === 'failed') reject(this.#errorOf(answer));
        else resolve(answer);
      };
      this.#child.on('message', receive);
      this.#waiting.add(reject);
      if (this.#crash) reject(this.#crash);
      this.#child.send(request, (error) => {
        // The exit that explains it follows.
        if (error) this.#log?.warn({ engine: this.pid, err: error }, 'engine process cannot be reached');
      });
    });
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  #errorOf({ code, message, field, detail }: EngineFailure): AppError {
    this.#log?.info({ engine: this.pid, code, detail }, 'engine answered with an error');
    return new AppError(code, message, field === undefined ? {} : { field });
  }
}
