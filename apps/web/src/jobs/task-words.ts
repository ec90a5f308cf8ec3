import { type Compute, type Job, SPEAKERS, type SystemInfo, type Task } from '@bulk-transcribe/protocol';
import { strings } from '../strings.ts';
import { length } from '../times.ts';

/** The state of a task as a person would say it. */
export function stateWords({ state, stage, attempt }: Pick<Task, 'state' | 'stage' | 'attempt'>): string {
  const again = attempt > 1 ? ` (${strings.task.attempt(attempt)})` : '';
  switch (state) {
    case 'queued':
      return strings.task.queued;
    case 'dispatched':
      return strings.task.dispatched + again;
    case 'running':
      return strings.task.stage(stage) + again;
    case 'succeeded':
      return strings.task.succeeded;
    case 'failed':
      return strings.task.failed;
    case 'cancelled':
      return strings.task.cancelled;
  }
}

/** "18:02 of 58:40", by recording time; empty while the length is not known. A length may be an estimate that is passed. */
export function progressWords({ progress: { doneSec, totalSec } }: Pick<Task, 'progress'>): string {
  return totalSec === null ? '' : strings.task.progress(length(doneSec), length(Math.max(doneSec, totalSec)));
}

/** Why tasks of this job wait for more than their turn: for a worker, or for a model that one prepares. Empty where they do not. */
export const whyItWaits = ({ options, compute }: Pick<Job, 'options' | 'compute'>, system: SystemInfo | null): string =>
  reasonFor({ model: options.model, compute }, system);

/** The same of hearing who speaks in a recording of this job. */
export const whyHearingWaits = ({ compute }: Pick<Job, 'compute'>, system: SystemInfo | null): string =>
  reasonFor({ model: SPEAKERS, compute }, system);

function reasonFor({ model, compute }: { readonly model: string; readonly compute: Compute }, system: SystemInfo | null): string {
  return system?.routing.waits.find((wait) => wait.model === model && wait.compute === compute)?.reason ?? '';
}
