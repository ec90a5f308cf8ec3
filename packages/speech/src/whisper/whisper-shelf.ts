/** The Whisper models of this machine: all are known, one is in memory. */
import path from 'node:path';
import type { Fallback, ModelInfo, TranscribeOptions, WindowResult } from '@bulk-transcribe/protocol';
import { type ComputeDevice, freeBytesOn } from '../device/choose-device.ts';
import type { Recogniser } from '../recognise/recogniser.ts';
import { CheckpointFolders } from './checkpoint-folders.ts';
import { hasVnni } from './cpu-flags.ts';
import { openOnLadder, rungsFrom } from './memory-ladder.ts';
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

export class WhisperShelf {
  readonly #options: ShelfOptions;
  readonly #folders: CheckpointFolders;
  #loaded: { readonly id: string; readonly whisper: Promise<LoadedWhisper> } | null = null;
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

  /** Loads the model if another one or none is in memory. `earlier`: what an earlier attempt has finished. Rejects with engine_unavailable. */
  async recogniserFor(options: TranscribeOptions, earlier: readonly WindowResult[]): Promise<Recogniser> {
    return whisperRecogniser(await this.#load(options.model), options, earlier);
  }

  /** Rejects with engine_unavailable. */
  async load(id: string): Promise<void> {
    await this.#load(id);
  }

  /** The same, before anybody asks for it, where there is such a model. */
  async prepare(id: string): Promise<void> {
    if (await this.infoOf(id)) await this.#load(id);
  }

  /** What the loaded model computes on; null where none is loaded. */
  get device(): 'cpu' | 'cuda' | null {
    return this.#model?.device ?? null;
  }

  /** What did not fit into memory with the loaded model. */
  get fallbacks(): readonly Fallback[] {
    return this.#model?.fallbacks ?? [];
  }

  async #load(id: string): Promise<LoadedWhisper> {
    if (this.#loaded?.id === id) return this.#loaded.whisper;
    const before = this.#loaded;
    const whisper = (async () => {
      // Two at once might not fit into memory.
      const other = await before?.whisper.catch(() => null);
      this.#model = null;
      await other?.model.release();
      return this.#read(id);
    })();
    this.#loaded = { id, whisper };
    // What failed is tried again the next time: the folder may have been mended.
    whisper.catch(() => {
      if (this.#loaded?.whisper === whisper) this.#loaded = null;
    });
    return whisper;
  }

  async #read(id: string): Promise<LoadedWhisper> {
    const found = (await this.#folders.list()).find((model) => model.id === id);
    if (!found?.info) throw found?.problem ?? new Error(`There is no model “${id}”.`);
    const { folder, info } = found;
    const { graphsDir: cacheFolder, threads, device } = this.#options;
    const tokenizer = await openTokenizer(path.join(folder, 'tokenizer.json'));
    const model = await openOnLadder(rungsFrom(device.kind, hasVnni()), async (rung) =>
      openWhisper({ ...rung, folder, cacheFolder, threads, freeBytes: await freeBytesOn(rung.device) }),
    );
    if (model.device === 'cuda') await warmUp(model);
    this.#model = model;
    return { info, model, tokenizer, device };
  }
}
