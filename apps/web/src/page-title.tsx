import type { Job } from '@bulk-transcribe/protocol';
import { useBatchDone } from './jobs/batch-done.tsx';
import { jobsProgress } from './jobs/job-summary.ts';
import { useParts, useSession } from './parts.ts';
import type { Route } from './router.ts';
import { findTask } from './session/session-state.ts';
import { useStore } from './store.ts';
import { strings } from './strings.ts';
import { isUnderway, uploadTotals } from './uploads/upload-queue.ts';

/** The tab's title: how far the work is, else what is shown. */
export function PageTitle({ route }: { readonly route: Route }) {
  const jobs = useSession().jobs ?? [];
  const uploads = useStore(useParts().uploader);
  const fraction = uploads.some(isUnderway) ? uploadTotals(uploads).fraction : jobsProgress(jobs);
  const done = useBatchDone(jobs);
  return <title>{done === null ? titleText(shownBy(route, jobs), fraction) : strings.titles.page(done)}</title>;
}

function shownBy(route: Route, jobs: readonly Job[]): string | undefined {
  switch (route.page) {
    case 'transcript':
      return findTask(jobs, route.taskId)?.task.recording.name;
    case 'search':
      return strings.searchAll.title;
    case 'admin':
      return strings.admin.title;
    default:
      return undefined;
  }
}

function titleText(shown: string | undefined, fraction: number | null): string {
  if (shown !== undefined) return strings.titles.page(shown);
  return fraction === null ? strings.product : strings.titles.progress(Math.floor(fraction * 100));
}
