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

/** Where nobody says how many: a GPU computes the windows of several in the time of one, cores have no time to spare. */
const SLOTS = { cuda: 4, cpu: 1 } as const;

/** Starts nothing yet: `prepare`, or the first recording, loads the models. After a crash or a cancel the next call starts a new process. */
export function startEngine({ slots: wanted = 0, ...options }: EngineOptions): EngineHandle {
  const loaded = new LoadedProcess(options);
  const slots = () => wanted || SLOTS[loaded.info?.device ?? 'cpu'];
  const turns = new Turns(slots);
  const passengers = new Passengers(loaded);
  const inTurn =
    (work: Work): Transcribe =>
    async (...call) => {
      const [, , signal] = call;
      const end = await turns.take(signal);
      try {
        return await passengers.carry(work, call);
      } finally {
        end();
      }
    };
  return {
    transcribe: inTurn('transcribe'),
    hearSpeakers: inTurn('hear-speakers'),
    loadModel: async (model) => {
      const end = await turns.take();
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
    slots,
    close: () => loaded.close(),
    get pid() {
      return loaded.pid;
    },
  };
}

/** What is asked of a recording. */
type Work = 'transcribe' | 'hear-speakers';

/** The recordings that are in one process together. Where it dies, all of them fail. */
class Passengers {
  readonly #loaded: LoadedProcess;
  #aboard = 0;

  constructor(loaded: LoadedProcess) {
    this.#loaded = loaded;
  }

  /**
   * Alone, one is cancelled by a kill, which ends even a computation that hangs; beside others it is dropped, and they go on. One
   * that took too long may hang, and the others with it: there the process is ended whoever is in it.
   */
  async carry(work: Work, call: Parameters<Transcribe>): ReturnType<Transcribe> {
    const [, , signal] = call;
    const dropped = new AbortController();
    let killing: Promise<void> | undefined;
    const leave = () => {
      if (this.#aboard > 1 && !isOverdue(signal)) dropped.abort(signal.reason);
      else killing = this.#loaded.kill();
    };
    this.#aboard += 1;
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await this.#ask(work, call, dropped.signal);
    } catch (error) {
      throwIfCancelled(signal);
      throw error;
    } finally {
      signal.removeEventListener('abort', leave);
      this.#aboard -= 1;
      // A process that is being killed must be gone before its memory is needed again.
      await killing;
    }
  }

  async #ask(type: Work, [recording, options, signal, onEvent, finished = []]: Parameters<Transcribe>, dropped: AbortSignal): ReturnType<Transcribe> {
    throwIfCancelled(signal);
    const connection = await this.#loaded.get();
    throwIfCancelled(signal);
    const answer = await connection.ask({ type, recording, options, finished }, { onEvent, signal: dropped });
    if (answer.type !== 'finished') throw new AppError('engine_unavailable', 'The engine answered out of order.');
    this.#loaded.info = answer.info;
    return answer.transcript;
  }
}

const isOverdue = ({ reason }: AbortSignal): boolean => reason instanceof AppError && reason.code === 'execution_timeout';
