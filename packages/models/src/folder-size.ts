import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** Bytes of the files right in a folder, links followed. */
export async function sizeOfFiles(folder: string): Promise<number> {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map((name) => sizeOf(path.join(folder, name))));
  return sizes.reduce((total, size) => total + size, 0);
}

/** 0 for a link that leads nowhere, and for a folder. */
const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    (found) => (found.isFile() ? found.size : 0),
    () => 0,
  );
