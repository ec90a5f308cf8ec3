/** The Whisper models of this machine: all are known, one is in memory. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Fallback, ModelInfo, TranscribeOptions, WindowResult } from '@bulk-transcribe/protocol';
import { type ComputeDevice, freeBytesOn } from '../device/choose-device.ts';
import type { Recogniser } from '../recognise/recogniser.ts';
import { CheckpointFolders } from './checkpoint-folders.ts';
import { integerUnit } from './cpu-flags.ts';
import { openOnLadder, rungsFrom } from './memory-ladder.ts';
import { Occupancy } from './occupancy.ts';
import { SharedModel } from './shared-model.ts';
import { openTokenizer } from './tokenizer/tokenizer.ts';
import { warmUp } from './warm-up.ts';
import { openWhisper, type WhisperModel } from './whisper-model.ts';
import { type LoadedWhisper, whisperRecogniser } from './whisper-recogniser.ts';

export interface ShelfOptions {
  readonly modelsDir: string;
  /** Where built graphs are kept. */
  readonly graphsDir: string;
  readonly threads: number;
  readonly device: ComputeDevice;
}

/** The one model in memory, or on its way there. */
interface Place {
  readonly id: string;
  /** Of its folder when it was read: a model that was removed and installed again is another one. */
  readonly stamp: string;
  readonly whisper: Promise<LoadedWhisper>;
  /** Recordings that use it, or wait for it. */
  readonly users: Occupancy;
}

export class WhisperShelf {
  readonly #options: ShelfOptions;
  readonly #folders: CheckpointFolders;
  #loaded: Place | null = null;
  /** The one of `#loaded`, once it is there. */
  #model: WhisperModel | null = null;

  constructor(options: ShelfOptions) {
    this.#options = options;
    this.#folders = new CheckpointFolders(options.modelsDir);
  }

  /** Those that can be used. */
  async models(): Promise<ModelInfo[]> {
    return (await this.#folders.list()).flatMap(({ info }) => info ?? []);
  }

  /** Null where there is no such folder. Rejects with engine_unavailable, and what is wrong with the folder. */
  async infoOf(id: string): Promise<ModelInfo | null> {
    const found = (await this.#folders.list()).find((model) => model.id === id);
    if (found?.problem) throw found.problem;
    return found?.info ?? null;
  }

  /**
   * Loads the model if another one or none is in memory, once no recording uses that any more. Several recordings at a time share it.
   * `earlier`: what an earlier attempt has finished. Rejects with engine_unavailable.
   */
  async recogniserFor(options: TranscribeOptions, earlier: readonly WindowResult[]): Promise<Recogniser> {
    const { users, whisper } = this.#take(options.model, await this.#stampOf(options.model));
    users.enter();
    try {
      return whisperRecogniser({ ...(await whisper), close: () => users.leave() }, options, earlier);
    } catch (cause) {
      users.leave();
      throw cause;
    }
  }

  /** Rejects with engine_unavailable. */
  async load(id: string): Promise<void> {
    await this.#take(id, await this.#stampOf(id)).whisper;
  }

  /** The same, before anybody asks for it, where there is such a model. */
  async prepare(id: string): Promise<void> {
    if (await this.infoOf(id)) await this.load(id);
  }

  /** What the loaded model computes on; null where none is loaded. */
  get device(): 'cpu' | 'cuda' | null {
    return this.#model?.device ?? null;
  }

  /** Its CPU threads; null where none is loaded. */
  get threads(): number | null {
    return this.#model?.threads ?? null;
  }

  /** What did not fit into memory with the loaded model. */
  get fallbacks(): readonly Fallback[] {
    return this.#model?.fallbacks ?? [];
  }

  /** Which folder now has this name. */
  async #stampOf(id: string): Promise<string> {
    const found = await stat(path.join(this.#options.modelsDir, id)).catch(() => null);
    return found ? `${found.dev} ${found.ino} ${found.mtimeMs}` : '';
  }

  #take(id: string, stamp: string): Place {
    if (this.#loaded?.id === id && this.#loaded.stamp === stamp) return this.#loaded;
    const before = this.#loaded;
    const users = new Occupancy();
    const whisper = (async () => {
      // Two at once might not fit into memory.
      const other = await before?.whisper.catch(() => null);
      await before?.users.empty();
      this.#model = null;
      await other?.model.release();
      return this.#read(id, users);
    })();
    const place = { id, stamp, whisper, users };
    this.#loaded = place;
    // What failed is tried again the next time: the folder may have been mended.
    whisper.catch(() => {
      if (this.#loaded === place) this.#loaded = null;
    });
    return place;
  }

  async #read(id: string, users: Occupancy): Promise<LoadedWhisper> {
    const found = (await this.#folders.list()).find((model) => model.id === id);
    if (!found?.info) throw found?.problem ?? new Error(`There is no model “${id}”.`);
    const { folder, info } = found;
    const { graphsDir: cacheFolder, threads, device } = this.#options;
    const tokenizer = await openTokenizer(path.join(folder, 'tokenizer.json'));
    const model = await openOnLadder(rungsFrom(device.kind, integerUnit() !== 'none'), async (rung) =>
      openWhisper({ ...rung, folder, cacheFolder, threads, freeBytes: await freeBytesOn(rung.device) }),
    );
    if (model.device === 'cuda') await warmUp(model);
    this.#model = model;
    return { info, model: new SharedModel(model, () => users.count), tokenizer, device };
  }
}
