import { stat } from 'node:fs/promises';
import { type FoundCheckpoint, findCheckpoints } from './find-checkpoints.ts';

/** The checkpoints in the folder of models as they are now: one that was installed a moment ago is there, one that was removed is not. */
export class CheckpointFolders {
  readonly #modelsDir: string;
  #stamp = Number.NaN;
  #found: readonly FoundCheckpoint[] = [];

  constructor(modelsDir: string) {
    this.#modelsDir = modelsDir;
  }

  /** Looked at again when a folder came or went, or while one of them cannot be used: it may have been mended. */
  async list(): Promise<readonly FoundCheckpoint[]> {
    const stamp = await stat(this.#modelsDir).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    );
    if (stamp !== this.#stamp || this.#found.some(({ problem }) => problem)) {
      this.#found = await findCheckpoints(this.#modelsDir);
      this.#stamp = stamp;
    }
    return this.#found;
  }
}
