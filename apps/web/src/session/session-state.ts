/** What this page knows of the session: pure, fed by answers and events. */
import type { Job, SessionEvent, SystemInfo, Task } from '@bulk-transcribe/protocol';

export interface SessionState {
  /** Null until the controller has answered. */
  readonly system: SystemInfo | null;
  /** Newest first; null until the controller has answered. */
  readonly jobs: readonly Job[] | null;
  readonly connected: boolean;
  /** The controller asks for the password first. */
  readonly locked: boolean;
}

export type SessionAction =
  | { readonly type: 'system'; readonly system: SystemInfo }
  | { readonly type: 'jobs'; readonly jobs: readonly Job[] }
  | { readonly type: 'event'; readonly event: SessionEvent }
  /** The answer to a request of this page; where an event has told of the job before, that is as new or newer. */
  | { readonly type: 'created'; readonly job: Job }
  | { readonly type: 'connected'; readonly connected: boolean }
  | { readonly type: 'locked' };

export const initialSession: SessionState = { system: null, jobs: null, connected: true, locked: false };

export function reduceSession(state: SessionState, action: SessionAction): SessionState {
  switch (action.type) {
    case 'system':
      return { ...state, system: action.system };
    case 'jobs':
      return { ...state, jobs: newestFirst(action.jobs) };
    case 'event':
      return { ...state, jobs: applyEvent(state.jobs ?? [], action.event) };
    case 'created':
      return state.jobs?.some(({ id }) => id === action.job.id) ? state : { ...state, jobs: newestFirst([action.job, ...(state.jobs ?? [])]) };
    case 'locked':
      return { ...initialSession, locked: true };
    case 'connected':
      return state.connected === action.connected ? state : { ...state, connected: action.connected };
  }
}

/** Untouched jobs and tasks keep their identity, so that only the row that changed is drawn again. */
function applyEvent(jobs: readonly Job[], event: SessionEvent): readonly Job[] {
  switch (event.type) {
    case 'job':
      return newestFirst([event.job, ...jobs.filter((job) => job.id !== event.job.id)]);
    case 'job-deleted':
      return jobs.filter((job) => job.id !== event.jobId);
    case 'task':
      return jobs.map((job) => (job.id === event.task.jobId ? { ...job, tasks: replaceTask(job.tasks, event.task) } : job));
  }
}

const replaceTask = (tasks: readonly Task[], task: Task): Task[] => tasks.map((known) => (known.id === task.id ? task : known));

/** Ids begin with their time: their order is the order of creation. */
const newestFirst = (jobs: readonly Job[]): Job[] => jobs.toSorted((a, b) => (a.id < b.id ? 1 : -1));

export interface FoundTask {
  readonly job: Job;
  readonly task: Task;
}

export function findTask(jobs: readonly Job[], taskId: string): FoundTask | undefined {
  for (const job of jobs) {
    const task = job.tasks.find(({ id }) => id === taskId);
    if (task) return { job, task };
  }
  return undefined;
}
