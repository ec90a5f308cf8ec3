import type { Job, SystemInfo } from '@bulk-transcribe/protocol';
import { useWindowList } from '../controls/use-window-list.ts';
import { JobSection } from './job-section.tsx';
import { whyItWaits } from './task-words.ts';

interface JobListProps {
  readonly jobs: readonly Job[];
  readonly system: SystemInfo | null;
}

/** Up to so many jobs all are drawn. */
const FEW = 20;

export function JobList({ jobs, system }: JobListProps) {
  if (jobs.length > FEW) return <LongList jobs={jobs} system={system} />;
  return jobs.map((job) => <JobSection key={job.id} job={job} waits={whyItWaits(job, system)} />);
}

/** Height of a job of two recordings, pixels, and jobs beyond the edges of the window. */
const JOB_HEIGHT = 170;
const OVERSCAN = 4;

/** Only the jobs near the window are drawn. */
function LongList({ jobs, system }: JobListProps) {
  const { region, virtual } = useWindowList<HTMLDivElement>({
    ...{ count: jobs.length, itemHeight: JOB_HEIGHT, overscan: OVERSCAN },
    keyOf: (place) => jobs[place]?.id ?? place,
  });
  return (
    <div className="long-list" ref={region} style={{ blockSize: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map(({ index, start }) => {
        const job = jobs[index];
        if (!job) return null;
        return (
          <div
            key={job.id}
            className="long-place"
            data-index={index}
            ref={virtual.measureElement}
            style={{ transform: `translateY(${start - virtual.options.scrollMargin}px)` }}
          >
            <JobSection job={job} waits={whyItWaits(job, system)} />
          </div>
        );
      })}
    </div>
  );
}
