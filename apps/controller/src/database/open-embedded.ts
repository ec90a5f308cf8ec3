import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { fromPglite } from 'pg-boss';
import { Database, type OpenDatabase } from './database.ts';
import { initialiseFolder } from './initialise-folder.ts';
import type { Tables } from './tables.ts';

/** The embedded database under `dataRoot`/db. The caller holds the lock of `dataRoot`: two processes would destroy it. */
export async function openEmbedded(dataRoot: string): Promise<OpenDatabase> {
  const folder = path.join(dataRoot, 'db');
  await initialiseFolder(folder);
  const pglite = await PGlite.create({ dataDir: folder });
  const kysely = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });
  const database = new Database({ kind: 'embedded', kysely, queue: fromPglite(pglite) });
  return { database, close: () => pglite.close() };
}
