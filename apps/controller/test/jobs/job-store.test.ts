import { onTestFinished } from 'vitest';
import { type OpenJobStore, openJobStore } from '../../src/jobs/open-job-store.ts';
import { quiet, temporaryDataRoot } from '../database/template.ts';
import { testJobStore } from './job-store-contract.ts';

testJobStore(async (options = {}): Promise<OpenJobStore> => {
  // No pause between attempts: what is due is pg-boss's business, how many attempts there are is ours.
  const store = await openJobStore({ dataRoot: await temporaryDataRoot(), log: quiet, retryDelaySec: 0, ...options });
  onTestFinished(() => store.close());
  return store;
});
