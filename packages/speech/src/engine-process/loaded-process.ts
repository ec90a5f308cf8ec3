/** The process that is the engine now: started and loaded when somebody needs it, and again when it has ended. */
import { AppError, type ModelInfo } from '@bulk-transcribe/protocol';
import type { EngineInfo } from '../engine.ts';
import { shippedModels, withDefault } from '../models.ts';
import type { TranscriberOptions } from '../transcriber.ts';
import { CheckpointFolders } from '../whisper/checkpoint-folders.ts';
import type { FoundCheckpoint } from '../whisper/find-checkpoints.ts';
import { EngineConnection, type EngineLog } from './engine-connection.ts';

export interface EngineOptions extends Omit<TranscriberOptions, 'model'> {
  /** Which of the models that are there, by id, is loaded at once and named as the default. Null, or left out: the usual one. */
  readonly chooseModel?: (ids: readonly string[]) => string | null;
  /** The id of the default where none is chosen; not loaded before a recording asks for it. Null, or left out: the embedded one. */
  readonly usualModel?: () => Promise<string | null>;
  /** Recordings at a time; 0, or left out: as is good for the device. */
  readonly slots?: number;
  readonly log?: EngineLog;
  /** Environment of the child; by default that of its owner. */
  readonly env?: Readonly<Record<string, string>>;
}

export class LoadedProcess {
  readonly #options: Omit<EngineOptions, 'slots'>;
  readonly #folders: CheckpointFolders;
  #connection: EngineConnection | null = null;
  #loading: Promise<EngineConnection> | null = null;
  #isClosed = false;
  /** What it computes with, as of the last answer; null before the first. */
  info: EngineInfo | null = null;

  constructor(options: Omit<EngineOptions, 'slots'>) {
    this.#options = options;
    this.#folders = new CheckpointFolders(options.modelsDir);
  }

  get pid(): number | null {
    return (this.#connection?.alive && this.#connection.pid) || null;
  }

  /** As they are now: a model that came since the last start may be the chosen one. */
  async models(): Promise<ModelInfo[]> {
    const found = await this.#found();
    return withDefault(found, this.#chosenOf(found) ?? (await this.#options.usualModel?.()) ?? undefined);
  }

  async #found(): Promise<ModelInfo[]> {
    return [...shippedModels.map(({ info }) => info), ...usable(await this.#folders.list())];
  }

  #chosenOf(models: readonly ModelInfo[]): string | null {
    return this.#options.chooseModel?.(models.map(({ id }) => id)) ?? null;
  }

  /** Rejects with engine_unavailable. */
  get(): Promise<EngineConnection> {
    if (this.#isClosed) throw new AppError('engine_unavailable', 'The engine was closed.');
    if (!this.#loading || !this.#connection?.alive) {
      this.#connection = new EngineConnection(this.#options.log, this.#options.env);
      this.#loading = this.#load(this.#connection);
    }
    return this.#loading;
  }

  async kill(): Promise<void> {
    await this.#connection?.kill();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.kill();
  }

  async #load(opened: EngineConnection): Promise<EngineConnection> {
    const { log: _, env: __, chooseModel: ___, usualModel: ____, ...options } = this.#options;
    try {
      const model = this.#chosenOf(await this.#found());
      const answer = await opened.ask({ type: 'load', options: { ...options, ...(model !== null && { model }) } });
      this.info = answer.info;
      return opened;
    } catch (cause) {
      await opened.kill();
      throw new AppError('engine_unavailable', cause instanceof Error ? cause.message : 'The engine cannot start.', { cause });
    }
  }
}

const usable = (checkpoints: readonly FoundCheckpoint[]): ModelInfo[] => checkpoints.flatMap(({ info }) => info ?? []);
