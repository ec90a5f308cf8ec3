/** What the dispatcher asks of the job store: whose turn it is, and how an attempt went. */
import type {
  AppError,
  Progress,
  Recording,
  Segment,
  Stage,
  TaskWorker,
  TranscribeOptions,
  Transcript,
  WindowResult,
} from '@bulk-transcribe/protocol';
import type { TaskKind } from './task-kind.ts';
import type { WakeUp } from './wake-ups.ts';

/** One try of a task. The store refuses what an attempt says that is no longer the current one. */
export interface Attempt {
  readonly taskId: string;
  readonly attempt: number;
}

export interface ClaimedTask extends Attempt {
  /** Who has it, and why there. */
  readonly worker: TaskWorker | null;
  /** Only speakers are to be heard (hearings.ts). */
  readonly hearing: boolean;
  readonly options: TranscribeOptions;
  readonly recording: Recording;
}

/** Which tasks a worker takes; without it, any. */
export interface Choice {
  readonly takes: (kind: TaskKind) => boolean;
  /** Why one of this kind comes here, where another place was to be used; empty otherwise. */
  readonly why: (kind: TaskKind) => string;
}

export interface TaskUpdate {
  readonly stage: Stage | null;
  readonly progress: Progress;
  readonly preview: readonly Segment[];
}

export interface TaskLedger {
  /** Whose turn it is (turns.ts): queued → dispatched, a new attempt. Null where no task is due. */
  claim(worker: TaskWorker, choice?: Choice): Promise<ClaimedTask | null>;
  /** What decides which workers would take the tasks that wait. */
  waitingKinds(): Promise<TaskKind[]>;
  /** Tasks that this worker had when the controller ended. */
  inFlight(worker: string): Promise<ClaimedTask[]>;
  /** dispatched → running, or a later state of running. False where the attempt is over. */
  update(attempt: Attempt, update: TaskUpdate): Promise<boolean>;
  /**
   * Transcript, state, event and queue entry in one transaction. False where the attempt is over: the result is dropped.
   * `evidence`: what speakers were told apart by, where they were; of a hearing always.
   */
  succeed(attempt: Attempt, transcript: Transcript, evidence?: Uint8Array | null): Promise<boolean>;
  /**
   * Back to queued where another attempt may help and one is left, or where it only has to wait (full disk, no worker);
   * else failed. False where the attempt is over.
   */
  fail(attempt: Attempt, error: AppError): Promise<boolean>;

  /** What the attempts of the task have finished so far: window 0 and on. */
  finishedWindows(taskId: string): Promise<WindowResult[]>;
  /** Adds windows that the attempt has finished, in order. False where the attempt is over. */
  keepWindows(attempt: Attempt, windows: readonly WindowResult[]): Promise<boolean>;

  /** A heartbeat: the workers still have these. */
  renew(attempts: readonly Attempt[]): Promise<void>;
  /** Attempts without a heartbeat for too long. */
  expired(): Promise<Attempt[]>;
  /** Back to its place in the queue, where the worker is to blame and not the recording: costs none of its attempts. */
  release(attempt: Attempt, reason: AppError): Promise<boolean>;

  /** Whether the attempt is still the current one, and not over. */
  holds(attempt: Attempt): Promise<boolean>;

  /** Attempts that are over here and that the worker has not let go yet. */
  settlements(worker: string): Promise<Attempt[]>;
  settled(attempt: Attempt): Promise<void>;

  /** Rings when a task was queued. */
  whenQueued(): WakeUp;
  /** Rings when the task was cancelled, deleted or released. */
  whenStopped(taskId: string): WakeUp;
}
