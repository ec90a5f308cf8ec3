import path from 'node:path';
import { lockDirectory } from '@bulk-transcribe/service';
import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { fromPglite } from 'pg-boss';
import { Database } from './database.ts';
import { initialiseFolder } from './initialise-folder.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';

export interface OpenDatabase {
  readonly database: Database;
  close(): Promise<void>;
}

/** How long a controller that is stopping may still hold the folder, ms. */
const PREDECESSOR_LEAVES_MS = 2_000;

/**
 * The embedded database under `dataRoot`/db: lock → initialise → open → migrate.
 * Throws DirectoryLockedError where another controller runs on the folder: two processes would destroy it.
 */
export async function openDatabase(dataRoot: string): Promise<OpenDatabase> {
  const lock = lockDirectory(dataRoot, PREDECESSOR_LEAVES_MS);
  try {
    const folder = path.join(dataRoot, 'db');
    await initialiseFolder(folder);
    const pglite = await PGlite.create({ dataDir: folder });
    const database = new Database(new Kysely({ dialect: new PGliteDialect({ pglite }) }), fromPglite(pglite));
    await migrate(database, migrations).catch(async (cause) => {
      await pglite.close();
      throw cause;
    });
    return { database, close: () => pglite.close().finally(() => lock[Symbol.dispose]()) };
  } catch (cause) {
    lock[Symbol.dispose]();
    throw cause;
  }
}
