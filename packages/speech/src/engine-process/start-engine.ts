/** The speech engine in a child process: a native crash, or a kill, costs one recording and never its owner. */
import { AppError, type ModelInfo } from '@bulk-transcribe/protocol';
import { cancelled, throwIfCancelled } from '../cancel.ts';
import type { Engine, EngineInfo, Transcribe } from '../engine.ts';
import { shippedModels, withDefault } from '../models.ts';
import type { TranscriberOptions } from '../transcriber.ts';
import { CheckpointFolders } from '../whisper/checkpoint-folders.ts';
import type { FoundCheckpoint } from '../whisper/find-checkpoints.ts';
import { EngineConnection, type EngineLog } from './engine-connection.ts';
import type { EngineAnswer } from './messages.ts';

export interface EngineOptions extends Omit<TranscriberOptions, 'model'> {
  /** Which of the models that are there, by id, is loaded at once and named as the default. Null, or left out: the embedded one. */
  readonly chooseModel?: (ids: readonly string[]) => string | null;
  readonly log?: EngineLog;
  /** Environment of the child; by default that of its owner. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface EngineHandle extends Engine {
  /** Process id of the engine that is loaded or loading; null when there is none. */
  readonly pid: number | null;
}

/** Starts nothing yet: `prepare`, or the first recording, loads the models. After a crash or a cancel the next call starts a new process. */
export function startEngine({ log, env, chooseModel, ...options }: EngineOptions): EngineHandle {
  let connection: EngineConnection | null = null;
  let loading: Promise<EngineInfo> | null = null;
  let latest: EngineInfo | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  let closed = false;
  const folders = new CheckpointFolders(options.modelsDir);

  /** As they are now: a model that came since the last start may be the chosen one. */
  async function listModels(): Promise<ModelInfo[]> {
    const found = [...shippedModels.map(({ info }) => info), ...usable(await folders.list())];
    return withDefault(found, chooseModel?.(found.map(({ id }) => id)) ?? undefined);
  }

  async function askToLoad(opened: EngineConnection): Promise<EngineAnswer> {
    const model = (await listModels()).find((info) => info.default)?.id;
    return await opened.ask({ type: 'load', options: { ...options, ...(model !== undefined && { model }) } });
  }

  function load(): Promise<EngineInfo> {
    if (closed) throw new AppError('engine_unavailable', 'The engine was closed.');
    if (loading && connection?.alive) return loading;
    const opened = new EngineConnection(log, env);
    connection = opened;
    loading = askToLoad(opened).then(
      (answer) => {
        if (answer.type !== 'loaded') throw new AppError('engine_unavailable', 'The engine answered out of order.');
        latest = answer.info;
        return answer.info;
      },
      async (cause: unknown) => {
        await opened.kill();
        throw new AppError('engine_unavailable', cause instanceof Error ? cause.message : 'The engine cannot start.', { cause });
      },
    );
    return loading;
  }

  async function runAlone(...[recording, options, signal, onEvent, finished = []]: Parameters<Transcribe>): ReturnType<Transcribe> {
    throwIfCancelled(signal);
    const stop = () => connection?.kill();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await load();
      throwIfCancelled(signal);
      const answer = await connection?.ask({ type: 'transcribe', recording, options, finished }, onEvent);
      if (answer?.type !== 'finished') throw new AppError('engine_unavailable', 'The engine answered out of order.');
      latest = answer.info;
      return answer.transcript;
    } catch (error) {
      throwIfCancelled(signal);
      throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      // A process that is being killed must not be taken for a live one by the next recording.
      if (signal.aborted) await connection?.kill();
    }
  }

  async function loadModelAlone(id: string): Promise<void> {
    await load();
    const answer = await connection?.ask({ type: 'load-model', id });
    if (answer?.type === 'model-loaded') latest = answer.info;
  }

  /** One after another. Without their values: a chain of results would keep every transcript that was ever made. */
  function inTurn<T>(run: Promise<T>): Promise<T> {
    turn = Promise.allSettled([turn, run]).then(() => undefined);
    return run;
  }

  return {
    transcribe: (...call) => inTurn(untilAborted(turn, call[2]).then(() => runAlone(...call))),
    loadModel: (id) => inTurn(turn.then(() => loadModelAlone(id))),
    prepare: async () => load(),
    models: listModels,
    info: () => latest,
    close: async () => {
      closed = true;
      await connection?.kill();
    },
    get pid() {
      return (connection?.alive && connection.pid) || null;
    },
  };
}

const usable = (checkpoints: readonly FoundCheckpoint[]): ModelInfo[] => checkpoints.flatMap(({ info }) => info ?? []);

/** Waits for `promise`, but not beyond an abort. */
function untilAborted(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(cancelled(signal));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, reject);
  });
}
