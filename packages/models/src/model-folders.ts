/** Where everything lies under MODELS_DIR, and the steps on disk that must never be seen half done. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';

export class ModelFolders {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  model(name: string): string {
    return path.join(this.root, name);
  }

  /** Kept after use: a lock that is deleted while another waits for it holds nothing. */
  lock(name: string): string {
    return path.join(this.root, '.locks', name);
  }

  /** Finished files of an installation under way; becomes the model's folder as a whole. */
  incoming(name: string): string {
    return path.join(this.#download(name), 'files');
  }

  /** Files that are not whole yet. */
  parts(name: string): string {
    return path.join(this.#download(name), 'parts');
  }

  isInstalled(name: string): boolean {
    return existsSync(this.model(name));
  }

  isBegun(name: string): boolean {
    return existsSync(this.#download(name));
  }

  async prepare(name: string): Promise<void> {
    await mkdir(this.incoming(name), { recursive: true });
    await mkdir(this.parts(name), { recursive: true });
  }

  /** The incoming folder is the model from now on, whole and durable. */
  async publish(name: string): Promise<void> {
    await syncFolder(this.incoming(name));
    await rename(this.incoming(name), this.model(name));
    await syncFolder(this.root);
    await this.forget(name);
  }

  /** What an installation left that did not end. */
  async forget(name: string): Promise<void> {
    await rm(this.#download(name), { recursive: true, force: true });
  }

  /** Gone at once under its name, then from the disk. A link goes, what it leads to stays. */
  async remove(name: string): Promise<void> {
    const removed = path.join(this.root, '.removed');
    await mkdir(removed, { recursive: true });
    const target = path.join(removed, randomUUID());
    await rename(this.model(name), target);
    await syncFolder(this.root);
    await rm(target, { recursive: true, force: true });
  }

  /** Names of what may be a model. */
  async names(): Promise<string[]> {
    const entries = await readdir(this.root).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return [];
      throw cause;
    });
    return entries.filter((name) => !name.startsWith('.')).sort();
  }

  #download(name: string): string {
    return path.join(this.root, '.incoming', name);
  }
}

/** A rename is durable once its folder is. Windows has no such call, and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using handle = await open(folder);
  await handle.sync();
}
