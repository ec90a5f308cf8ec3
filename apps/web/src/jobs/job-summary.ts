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

/** A moment of a running task, by this page's own clock. */
export interface Sighting {
  readonly doneSec: number;
  /** Milliseconds. */
  readonly at: number;
}

/** Below this the measured speed says little, milliseconds. */
const MIN_MEASURED_MS = 2000;

/** Seconds left at the speed measured between two sightings; null while that is not known. */
export function secondsLeft({ first, now, totalSec }: { first: Sighting; now: Sighting; totalSec: number | null }): number | null {
  const passed = now.at - first.at;
  const done = now.doneSec - first.doneSec;
  if (totalSec === null || passed < MIN_MEASURED_MS || done <= 0) return null;
  return ((totalSec - now.doneSec) * passed) / 1000 / done;
}
