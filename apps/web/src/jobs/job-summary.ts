/** Figures over tasks and jobs. Pure. */
import { isFinal, type Job, type Progress, type Task } from '@bulk-transcribe/protocol';

export interface JobSummary {
  readonly all: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Neither succeeded, failed nor cancelled. */
  readonly active: number;
}

export function summarise(tasks: readonly Task[]): JobSummary {
  const count = (test: (task: Task) => boolean) => tasks.filter(test).length;
  return {
    all: tasks.length,
    succeeded: count(({ state }) => state === 'succeeded'),
    failed: count(({ state }) => state === 'failed'),
    cancelled: count(({ state }) => state === 'cancelled'),
    active: count(({ state }) => !isFinal(state)),
  };
}

const isThrough = ({ tasks }: Job): boolean => tasks.every(({ state }) => isFinal(state));

/** Jobs that were at work before and are through now; what was cancelled as a whole is no news. */
export function endedJobs(before: readonly Job[], now: readonly Job[]): Job[] {
  const atWork = new Set(before.filter((job) => !isThrough(job)).map(({ id }) => id));
  return now.filter((job) => atWork.has(job.id) && isThrough(job) && job.tasks.some(({ state }) => state !== 'cancelled'));
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** When the job has had its time: so many days after its last recording was through. Null where it never has, or is not through yet. */
export function deletionTime({ tasks }: Pick<Job, 'tasks'>, retentionDays: number): Date | null {
  const ends = tasks.map(({ finishedAt }) => (finishedAt === null ? Number.NaN : Date.parse(finishedAt)));
  const end = Math.max(...ends);
  return retentionDays === 0 || tasks.length === 0 || Number.isNaN(end) ? null : new Date(end + retentionDays * DAY_MS);
}

/** 0 to 1 by recording time; null where the length is not known yet. */
export function fractionDone({ doneSec, totalSec }: Progress): number | null {
  return totalSec === null || totalSec === 0 ? null : Math.min(1, doneSec / totalSec);
}

/** How far all unfinished jobs are together, every recording counting the same; null when nothing is under way. */
export function jobsProgress(jobs: readonly Job[]): number | null {
  const tasks = jobs.map((job) => job.tasks).filter((list) => summarise(list).active > 0);
  const fractions = tasks.flat().map((task) => (isFinal(task.state) ? 1 : (fractionDone(task.progress) ?? 0)));
  return fractions.length === 0 ? null : fractions.reduce((sum, fraction) => sum + fraction, 0) / fractions.length;
}

/** How much of a job is done, by the size of its files: the lengths of those that wait are not known yet. Bytes. */
export function jobWork(tasks: readonly Task[]): { readonly done: number; readonly total: number } {
  const counted = tasks.filter(({ state }) => state === 'succeeded' || !isFinal(state));
  const doneOf = ({ state, progress, recording }: Task) => recording.size * (state === 'succeeded' ? 1 : (fractionDone(progress) ?? 0));
  return {
    done: counted.reduce((sum, task) => sum + doneOf(task), 0),
    total: counted.reduce((sum, { recording }) => sum + recording.size, 0),
  };
}

/** How much was done at a moment of this page's own clock: seconds of a recording, or bytes of a job. */
export interface Sighting {
  readonly done: number;
  /** Milliseconds. */
  readonly at: number;
}

/** Below this the measured speed says little, milliseconds. */
const MIN_MEASURED_MS = 2000;

/** Seconds left at the speed measured between two sightings; null while that is not known. */
export function secondsLeft({ first, now, total }: { first: Sighting; now: Sighting; total: number | null }): number | null {
  const passed = now.at - first.at;
  const done = now.done - first.done;
  if (total === null || passed < MIN_MEASURED_MS || done <= 0) return null;
  return (Math.max(0, total - now.done) * passed) / 1000 / done;
}
