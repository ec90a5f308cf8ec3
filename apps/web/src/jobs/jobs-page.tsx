/** Home: add recordings, start a job, watch it, open what is ready. */
import './jobs.css';
import './rows.css';
import type { Job } from '@bulk-transcribe/protocol';
import { useParts, useSession } from '../parts.ts';
import { SearchForm } from '../search/search-form.tsx';
import { YourData } from '../session/your-data.tsx';
import { useStore } from '../store.ts';
import { strings } from '../strings.ts';
import { AddRecordings } from '../uploads/add-recordings.tsx';
import { UploadList } from '../uploads/upload-list.tsx';
import { NotifyButton } from './batch-done.tsx';
import { DownloadEverything } from './download-many.tsx';
import { JobList } from './job-list.tsx';
import { summarise } from './job-summary.ts';

export function JobsPage() {
  const jobs = useListedJobs();
  return (
    <div className="column">
      <h1 className="visually-hidden">{strings.product}</h1>
      <AddRecordings isCompact={jobs !== null && jobs.length > 0} />
      <UploadList />
      <section aria-labelledby="jobs-title" className="jobs">
        <div className="jobs-head">
          <h2 id="jobs-title">{strings.jobs.title}</h2>
          {jobs !== null && jobs.length > 0 && (
            <>
              <SearchForm />
              <div className="actions">
                <NotifyButton />
                {hasSeveralTranscripts(jobs) && <DownloadEverything />}
              </div>
            </>
          )}
        </div>
        <Jobs jobs={jobs} />
      </section>
      <YourData />
    </div>
  );
}

/** All but those that are being deleted. */
function useListedJobs(): readonly Job[] | null {
  const { jobs } = useSession();
  const deletions = useStore(useParts().deletions);
  const gone = new Set(deletions.map(({ jobId }) => jobId));
  return gone.size === 0 || jobs === null ? jobs : jobs.filter(({ id }) => !gone.has(id));
}

const hasSeveralTranscripts = (jobs: readonly Job[]): boolean => summarise(jobs.flatMap(({ tasks }) => tasks)).succeeded > 1;

function Jobs({ jobs }: { readonly jobs: readonly Job[] | null }) {
  const { system } = useSession();
  if (jobs === null) return <p className="muted">{strings.jobs.loading}</p>;
  if (jobs.length === 0) return <p className="muted">{system?.retentionDays ? strings.retention.empty(system.retentionDays) : strings.jobs.empty}</p>;
  const { all, active } = summarise(jobs.flatMap((job) => job.tasks));
  return (
    <>
      <p className="visually-hidden" role="status">
        {strings.jobs.announce(all - active, all)}
      </p>
      <JobList jobs={jobs} system={system} />
    </>
  );
}
