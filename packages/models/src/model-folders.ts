/** Where everything lies under MODELS_DIR, and the steps on disk that must never be seen half done. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { sizeOfFiles } from './folder-size.ts';

const INCOMING = '.incoming';
const REMOVED = '.removed-';

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
    await rename(this.model(name), path.join(this.root, REMOVED + randomUUID()));
    await syncFolder(this.root);
    // Also what a removal has left that was killed.
    const removed = (await readdir(this.root)).filter((entry) => entry.startsWith(REMOVED));
    for (const entry of removed) await rm(path.join(this.root, entry), { recursive: true, force: true });
  }

  /** Installations that have not ended, and what they have brought so far. */
  async begun(): Promise<{ name: string; bytes: number; since: Date }[]> {
    const names = await entriesOf(path.join(this.root, INCOMING));
    return Promise.all(
      names.map(async (name) => {
        const [files, parts, { birthtime: since }] = await Promise.all([
          sizeOfFiles(this.incoming(name)).catch(() => 0),
          sizeOfFiles(this.parts(name)).catch(() => 0),
          stat(this.#download(name)),
        ]);
        return { name, bytes: files + parts, since };
      }),
    );
  }

  /** Names of what may be a model. */
  async names(): Promise<string[]> {
    return (await entriesOf(this.root)).filter((name) => !name.startsWith('.')).sort();
  }

  #download(name: string): string {
    return path.join(this.root, INCOMING, name);
  }
}

async function entriesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw cause;
  });
}

/** A rename is durable once its folder is. Windows has no such call, and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using handle = await open(folder);
  await handle.sync();
}
