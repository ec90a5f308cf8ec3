import type { ModelInfo, TaskWorker } from '@bulk-transcribe/protocol';

/** What the pages and the door need to know of the workers. */
export interface WorkersStatus {
  /** A transcription would be accepted now. */
  readonly ready: boolean;
  /** Why not ready, for people; empty when ready. */
  readonly message: string;
  /** The worker that the next task would go to. */
  readonly worker: TaskWorker | null;
  readonly models: readonly ModelInfo[];
}

export interface Workers {
  status(): WorkersStatus;
}
