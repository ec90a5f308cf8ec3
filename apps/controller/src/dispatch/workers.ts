import type { FetchableModel, ModelInfo, RecentError, Routing, TaskWorker, WorkerView } from '@bulk-transcribe/protocol';
import type { TaskKind } from '../jobs/task-kind.ts';

/** What the pages and the door need to know of the workers. */
export interface WorkersStatus {
  /** A transcription would be accepted now. */
  readonly ready: boolean;
  /** Why not ready, or why it would wait, for people; empty otherwise. */
  readonly message: string;
  /** The worker that the next task would go to. */
  readonly worker: TaskWorker | null;
  readonly models: readonly ModelInfo[];
  /** Those of the registry that no worker has and a remote worker could fetch. */
  readonly fetchable: readonly FetchableModel[];
  readonly routing: Routing;
}

export interface Workers {
  status(): WorkersStatus;
  /** Each worker as the admin sees it. */
  views(): WorkerView[];
  /** What went wrong last, the newest first. */
  errors(): readonly RecentError[];
  /** Keeps a remote worker until then; a time that is over lets it go. AppError not_found where there is none of that name. */
  keep(name: string, until: Date): Promise<void>;
  /** A remote worker finishes what it has, then ends. AppError not_found, or what came of asking it. */
  drain(name: string): Promise<void>;
  /** Rejects with AppError worker_unavailable once no worker would take such a task for so long without a break, and with the signal's reason. */
  untilHopeless(kind: TaskKind, limitMs: number, signal: AbortSignal): Promise<never>;
}
