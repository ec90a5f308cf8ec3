/** What every job store promises, on whatever database: run against a freshly opened one. */
import type { JobStoreOptions, OpenJobStore } from '../../src/jobs/open-job-store.ts';
import { testAttempts } from './attempts-contract.ts';
import { testClaims } from './claims-contract.ts';
import { testCorrections } from './corrections-contract.ts';
import { testHearings } from './hearings-contract.ts';
import { testJobs } from './jobs-contract.ts';
import { testRecordings } from './recordings-contract.ts';
import { testSearch } from './search-contract.ts';

export function testJobStore(open: (options?: Pick<JobStoreOptions, 'leaseSec'>) => Promise<OpenJobStore>): void {
  testRecordings(open);
  testJobs(open);
  testClaims(open);
  testAttempts(open);
  testCorrections(open);
  testHearings(open);
  testSearch(open);
}
