import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';

/**
 * Makes an empty database in `folder` where there is none. It grows in a neighbour folder (5 to 10 s) and gets its name
 * when it is whole: a kill in between leaves only a neighbour, which the next start removes.
 * The caller holds the lock of the folder above.
 */
export async function initialiseFolder(folder: string): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  if (existsSync(folder)) return;
  const pglite = await PGlite.create({ dataDir: unfinished });
  await pglite.close();
  await rename(unfinished, folder);
}
