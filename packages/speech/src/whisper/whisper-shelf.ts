/** The Whisper models of this machine: all are known, one is in memory. */
import path from 'node:path';
import type { ModelInfo, TranscribeOptions, WindowResult } from '@bulk-transcribe/protocol';
import type { Recogniser } from '../recognise/recogniser.ts';
import { CheckpointFolders } from './checkpoint-folders.ts';
import { openTokenizer } from './tokenizer/tokenizer.ts';
import { openWhisper } from './whisper-model.ts';
import { type LoadedWhisper, whisperRecogniser } from './whisper-recogniser.ts';

export interface ShelfOptions {
  readonly modelsDir: string;
  /** Where built graphs are kept. */
  readonly graphsDir: string;
  readonly threads: number;
}

export class WhisperShelf {
  readonly #options: ShelfOptions;
  readonly #folders: CheckpointFolders;
  #loaded: { readonly id: string; readonly whisper: Promise<LoadedWhisper> } | null = null;

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

  async #load(id: string): Promise<LoadedWhisper> {
    if (this.#loaded?.id === id) return this.#loaded.whisper;
    const before = this.#loaded;
    const whisper = (async () => {
      // Two at once might not fit into memory.
      const other = await before?.whisper.catch(() => null);
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
    const { graphsDir: cacheFolder, threads } = this.#options;
    const tokenizer = await openTokenizer(path.join(found.folder, 'tokenizer.json'));
    const model = await openWhisper({ folder: found.folder, cacheFolder, threads, device: 'cpu', precision: 'default' });
    return { info: found.info, model, tokenizer };
  }
}
