import type { Job } from '@bulk-transcribe/protocol';
import { Button } from 'react-aria-components';
import { client } from '../api/client.ts';
import { useParts, useSession } from '../parts.ts';
import { strings } from '../strings.ts';
import { day } from '../times.ts';
import { deletionTime } from './job-summary.ts';
import { useAttempt } from './use-attempt.ts';

/** When a job that is through will be deleted, and the choice to keep it. */
export function RetentionNote({ job, name }: { readonly job: Job; readonly name: string }) {
  const { session } = useParts();
  const { system } = useSession();
  const attempt = useAttempt(strings.retention.failed(name));
  const due = deletionTime(job, system?.retentionDays ?? 0);
  if (due === null) return null;
  const keep = async () => session.dispatch({ type: 'event', event: { type: 'job', job: await client.keepJob(job.id, !job.kept) } });
  const action = job.kept ? strings.retention.letGo : strings.retention.keep;
  return (
    <p className="retention muted">
      {job.kept ? strings.retention.kept : strings.retention.due(day(due))}{' '}
      <Button className="link-button" aria-label={strings.retention.actionNamed(action, name)} onPress={() => attempt(keep)}>
        {action}
      </Button>
    </p>
  );
}
