import { lockDirectory } from '@bulk-transcribe/service';
import type { OpenDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { openEmbedded } from './open-embedded.ts';
import { type DatabaseServer, openServer } from './open-server.ts';

/** How long a controller that is stopping may still hold the folder, ms. */
const PREDECESSOR_LEAVES_MS = 2_000;

/**
 * The database: lock → open → migrate. The lock on `dataRoot` is held whatever database is used: the recordings below it
 * have one writer. Throws DirectoryLockedError where another controller runs on the folder, DatabaseUnusableError where
 * the server cannot be used.
 */
export async function openDatabase(dataRoot: string, server?: DatabaseServer): Promise<OpenDatabase> {
  await using opened = new AsyncDisposableStack();
  opened.use(lockDirectory(dataRoot, PREDECESSOR_LEAVES_MS));
  const { database, close } = await (server ? openServer(server) : openEmbedded(dataRoot));
  opened.defer(close);
  await database.exclusively('bulk-transcribe migration', () => migrate(database, migrations));
  const closing = opened.move();
  return { database, close: () => closing.disposeAsync() };
}
