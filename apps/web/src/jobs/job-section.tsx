import { isFinal, type Job } from '@bulk-transcribe/protocol';
import { Trash2 } from 'lucide-react';
import { memo } from 'react';
import { Button } from 'react-aria-components';
import { client } from '../api/client.ts';
import { useParts } from '../parts.ts';
import { strings } from '../strings.ts';
import { moment, roughly } from '../times.ts';
import { DownloadJob } from './download-many.tsx';
import { type JobSummary, jobWork, summarise } from './job-summary.ts';
import { RetentionNote } from './retention-note.tsx';
import { TaskList } from './task-list.tsx';
import { useAttempt } from './use-attempt.ts';
import { useTimeLeft } from './use-time-left.ts';

interface JobSectionProps {
  readonly job: Job;
  /** Why what is queued waits for more than its turn; empty where it does not. */
  readonly waits: string;
}

/** One batch with its recordings. */
export const JobSection = memo(({ job, waits }: JobSectionProps) => {
  const summary = summarise(job.tasks);
  const name = job.name || strings.jobs.unnamed;
  const titleId = `job-${job.id}`;
  // A job of one recording has its name already in the row.
  const isPlain = job.tasks.length === 1 && job.tasks[0]?.recording.name === name;
  return (
    <section className="job" aria-labelledby={titleId}>
      <div className="job-head" data-plain={isPlain || undefined}>
        <h3 id={titleId} dir="auto" className={isPlain ? 'visually-hidden' : undefined}>
          <JobName job={job} name={name} />
        </h3>
        <p className="muted tabular">
          {!isPlain && `${summaryWords(summary)} · `}
          {!isPlain && <TimeLeft job={job} summary={summary} />}
          <time dateTime={job.createdAt}>{moment(job.createdAt)}</time>
        </p>
        <div className="actions">
          {!isPlain && summary.succeeded > 0 && <DownloadJob job={job} name={name} />}
          {summary.active > 1 && <CancelAll job={job} name={name} />}
          <DeleteJob job={job} name={name} />
        </div>
      </div>
      <RetentionNote job={job} name={name} />
      <TaskList tasks={job.tasks} waits={waits} />
    </section>
  );
});

/** "first.mp3 and 11 more": a right-to-left file name in it must not turn the words around. */
function JobName({ job, name }: { readonly job: Job; readonly name: string }) {
  const first = job.tasks[0]?.recording.name ?? '';
  if (name === first || !name.startsWith(first)) return name;
  return (
    <>
      <bdi>{first}</bdi>
      {name.slice(first.length)}
    </>
  );
}

/** Of a batch that runs; a single recording says it in its row. */
function TimeLeft({ job, summary }: { readonly job: Job; readonly summary: JobSummary }) {
  const left = useTimeLeft({ ...jobWork(job.tasks), run: summary.all - summary.failed - summary.cancelled });
  if (left === null || summary.active === 0) return null;
  return <span className="time-left">{strings.jobs.left(roughly(left))} · </span>;
}

function summaryWords({ all, succeeded, failed, cancelled }: JobSummary): string {
  if (succeeded === all) return strings.jobs.allDone(all);
  const words = [strings.jobs.done(succeeded, all)];
  if (failed > 0) words.push(strings.jobs.failed(failed));
  if (cancelled > 0) words.push(strings.jobs.cancelled(cancelled));
  return words.join(' · ');
}

function CancelAll({ job, name }: { readonly job: Job; readonly name: string }) {
  const attempt = useAttempt(strings.task.cancelFailed(name));
  const cancel = () => Promise.all(job.tasks.filter(({ state }) => !isFinal(state)).map(({ id }) => client.cancelTask(id)));
  return (
    <Button className="button quiet" aria-label={strings.jobs.cancelAllNamed(name)} onPress={() => attempt(cancel)}>
      {strings.jobs.cancelAll}
    </Button>
  );
}

function DeleteJob({ job, name }: { readonly job: Job; readonly name: string }) {
  const { deletions } = useParts();
  return (
    <Button className="icon-button" aria-label={strings.jobs.removeNamed(name)} onPress={() => deletions.begin({ jobId: job.id, name })}>
      <Trash2 aria-hidden size={18} />
    </Button>
  );
}
