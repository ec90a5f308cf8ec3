import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { type JobStoreOptions, type OpenJobStore, openJobStore } from '../../src/jobs/open-job-store.ts';
import { quiet, temporaryDataRoot } from '../database/template.ts';
import { testJobStore } from './job-store-contract.ts';
import { found, transcribed } from './search-contract.ts';

async function open(options: Partial<JobStoreOptions> = {}): Promise<OpenJobStore> {
  // No pause between attempts: what is due is pg-boss's business, how many attempts there are is ours.
  const store = await openJobStore({ dataRoot: await temporaryDataRoot(), log: quiet, retryDelaySec: 0, ...options });
  onTestFinished(() => store.close());
  return store;
}

testJobStore(open);

test('transcripts from before there was a search are found after the next start', async () => {
  const dataRoot = await temporaryDataRoot();
  const before = await open({ dataRoot });
  const ids = [await transcribed(before, ['An old line.']), await transcribed(before, ['Another old line.'])];
  await before.close();
  const { database, close } = await openDatabase(dataRoot);
  await database.sql.deleteFrom('search_line').execute();
  await database.sql.updateTable('transcript').set({ indexed: false }).execute();
  await close();
  const after = await open({ dataRoot });
  await expect.poll(() => found(after, 'old')).toEqual(ids.toReversed().map((id) => [id, 0]));
});
