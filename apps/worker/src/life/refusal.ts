import { AppError, type WorkerState } from '@bulk-transcribe/protocol';

/** Why a worker takes no new task in `state`; null where it takes one. `failure`: why it has no engine, empty where it is still loading. */
export function refusalOf(state: WorkerState, failure: string): AppError | null {
  switch (state) {
    case 'idle':
    case 'busy':
      return null;
    case 'booting':
      return failure ? new AppError('engine_unavailable', failure) : new AppError('worker_unavailable', 'The worker is loading its speech engine.');
    case 'draining':
    case 'terminating':
    case 'terminated':
      return ending();
    default:
      return state satisfies never;
  }
}

export const ending = (): AppError => new AppError('shutting_down', 'The worker is ending and takes no new work.');
