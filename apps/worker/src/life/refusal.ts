import { AppError, type Health, type WorkerState } from '@bulk-transcribe/protocol';

/** What becomes of the engine while a worker boots. */
export interface EngineTrouble {
  /** Why there is none; empty where it is still loading. */
  readonly failure: string;
  /** How far the loading is, in words for people; empty where that is not known. */
  readonly loading: string;
}

/** Why a worker takes no new task in `state`; null where it takes one. */
export function refusalOf(state: WorkerState, { failure, loading }: EngineTrouble): AppError | null {
  switch (state) {
    case 'idle':
    case 'busy':
      return null;
    case 'booting':
      return failure
        ? new AppError('engine_unavailable', failure)
        : new AppError('worker_unavailable', loading || 'The worker is loading its speech engine.');
    case 'draining':
    case 'terminating':
    case 'terminated':
      return ending();
    default:
      return state satisfies never;
  }
}

/** The same in one word. `reason`: why it can take none as it is, or has no engine; empty where there is no such thing. */
export function statusOf(state: WorkerState, reason: string): Health['status'] {
  switch (state) {
    case 'idle':
    case 'busy':
    case 'booting':
      if (reason) return 'failed';
      return state === 'booting' ? 'starting' : 'ok';
    case 'draining':
    case 'terminating':
    case 'terminated':
      return 'ending';
    default:
      return state satisfies never;
  }
}

export const ending = (): AppError => new AppError('shutting_down', 'The worker is ending and takes no new work.');
