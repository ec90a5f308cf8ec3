/** The speech engine in a child process: a native crash, or a kill, costs what was on its way and never its owner. */
import { AppError } from '@bulk-transcribe/protocol';
import { throwIfCancelled } from '../cancel.ts';
import type { Engine, Transcribe } from '../engine.ts';
import { type EngineOptions, LoadedProcess } from './loaded-process.ts';
import { Turns } from './turns.ts';

export type { EngineOptions } from './loaded-process.ts';

export interface EngineHandle extends Engine {
  /** Process id of the engine that is loaded or loading; null when there is none. */
  readonly pid: number | null;
}

/** Starts nothing yet: `prepare`, or the first recording, loads the models. After a crash or a cancel the next call starts a new process. */
export function startEngine({ slots = 1, ...options }: EngineOptions): EngineHandle {
  const loaded = new LoadedProcess(options);
  const turns = new Turns(slots);
  const passengers = new Passengers(loaded);
  return {
    transcribe: async (...call) => {
      const [recording, , signal] = call;
      const end = await turns.take(passengers.isSuspect(recording.path), signal);
      try {
        return await passengers.carry(...call);
      } finally {
        end();
      }
    },
    loadModel: async (model) => {
      const end = await turns.take(false);
      try {
        ({ info: loaded.info } = await (await loaded.get()).ask({ type: 'load-model', model }));
      } finally {
        end();
      }
    },
    prepare: async () => {
      await loaded.get();
      if (!loaded.info) throw new AppError('engine_unavailable', 'The engine answered out of order.');
      return loaded.info;
    },
    models: () => loaded.models(),
    info: () => loaded.info,
    close: () => loaded.close(),
    get pid() {
      return loaded.pid;
    },
  };
}

/** The recordings that are in one process together. */
class Passengers {
  readonly #loaded: LoadedProcess;
  readonly #aboard = new Set<{ readonly path: string }>();
  /** Paths of what was aboard when a process died with several: each goes alone from then on, as only so is it known whose fault it is. */
  readonly #suspects = new Set<string>();

  constructor(loaded: LoadedProcess) {
    this.#loaded = loaded;
  }

  isSuspect(path: string): boolean {
    return this.#suspects.has(path);
  }

  /** Alone, one is cancelled by a kill, which ends even a computation that hangs; beside others it is dropped, and they go on. */
  async carry(...call: Parameters<Transcribe>): ReturnType<Transcribe> {
    const [{ path }, , signal] = call;
    const passenger = { path };
    const dropped = new AbortController();
    const leave = () => (this.#aboard.size > 1 ? dropped.abort(signal.reason) : this.#loaded.kill());
    this.#aboard.add(passenger);
    signal.addEventListener('abort', leave, { once: true });
    try {
      const transcript = await this.#transcribe(call, dropped.signal);
      this.#suspects.delete(path);
      return transcript;
    } catch (error) {
      throwIfCancelled(signal);
      this.#note(error);
      throw error;
    } finally {
      signal.removeEventListener('abort', leave);
      this.#aboard.delete(passenger);
      // A process that is being killed must be gone before its memory is needed again.
      if (signal.aborted && !dropped.signal.aborted) await this.#loaded.kill();
    }
  }

  async #transcribe([recording, options, signal, onEvent, finished = []]: Parameters<Transcribe>, dropped: AbortSignal): ReturnType<Transcribe> {
    throwIfCancelled(signal);
    const connection = await this.#loaded.get();
    throwIfCancelled(signal);
    const answer = await connection.ask({ type: 'transcribe', recording, options, finished }, { onEvent, signal: dropped });
    if (answer.type !== 'finished') throw new AppError('engine_unavailable', 'The engine answered out of order.');
    this.#loaded.info = answer.info;
    return answer.transcript;
  }

  #note(error: unknown): void {
    const died = error instanceof AppError && error.code === 'engine_crashed';
    if (died && this.#aboard.size > 1) for (const { path } of this.#aboard) this.#suspects.add(path);
  }
}
