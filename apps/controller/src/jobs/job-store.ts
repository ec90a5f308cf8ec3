/**
 * The job store: the only writer of jobs, tasks, recordings and events. What it acknowledged is durable.
 * Everything is asked for by session: what belongs to another session does not exist here (null, or AppError not_found).
 */
import type { Compute, Job, Recording, SessionEvent, Task, TranscribeOptions, Transcript, WindowResult } from '@bulk-transcribe/protocol';

export interface NewRecording {
  /** Made by the caller, as the bytes already lie on disk under it. */
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

export type RecordingBytes = Pick<NewRecording, 'size' | 'sha256'>;

export interface NewJob {
  readonly name: string;
  readonly options: TranscribeOptions;
  readonly recordingIds: readonly string[];
  /** -3 to 3; 0 where it is left out. */
  readonly priority?: number;
  /** auto where it is left out. */
  readonly compute?: Compute;
}

/** `id` counts up over all sessions; a listener asks for what came after the last one it saw. */
export interface StoredEvent {
  readonly id: number;
  readonly event: SessionEvent;
}

export interface JobStore {
  addRecording(sessionId: string, recording: NewRecording): Promise<Recording>;
  recording(sessionId: string, id: string): Promise<Recording | null>;
  /** Those that no job uses yet, oldest first. */
  unusedRecordings(sessionId: string): Promise<Recording[]>;
  /** One of the session's recordings with these bytes. */
  recordingWithBytes(sessionId: string, bytes: RecordingBytes): Promise<Recording | null>;
  /** Bytes of the session's recordings; the same bytes count once, however many recordings hold them. */
  storedBytes(sessionId: string): Promise<number>;
  /** AppError conflict while a job uses it. */
  deleteRecording(sessionId: string, id: string): Promise<void>;
  /** Those of `ids` that exist, in whatever session: at start, to tell files that nobody owns any more. */
  existingRecordings(ids: readonly string[]): Promise<ReadonlySet<string>>;

  /** The job, its tasks and their queue entries in one transaction. AppError not_found names a recording that is not there. */
  createJob(sessionId: string, job: NewJob): Promise<Job>;
  /** Newest first. */
  jobs(sessionId: string): Promise<Job[]>;
  job(sessionId: string, id: string): Promise<Job | null>;
  task(sessionId: string, id: string): Promise<Task | null>;
  /** Cancels what is not final yet; a final task stays as it is. */
  cancelTask(sessionId: string, id: string): Promise<Task>;
  /** The same for all tasks of the job, in one step. */
  cancelJob(sessionId: string, id: string): Promise<Job>;
  /** failed | cancelled → queued, attempts counted anew. AppError conflict otherwise. */
  retryTask(sessionId: string, id: string): Promise<Task>;
  /** Cancels what runs, then removes job, tasks, transcripts; answers the recordings that no job uses any more and that it removed. */
  deleteJob(sessionId: string, id: string): Promise<readonly string[]>;

  /** As it reads with all corrections (`Corrections` holds what it is made of). */
  transcript(sessionId: string, taskId: string): Promise<Transcript | null>;
  /** What is finished of a running task, from window 0 on; empty once the transcript is there. */
  windowsSoFar(sessionId: string, taskId: string): Promise<WindowResult[]>;
  /** Resolves with the task once it is final. Rejects with the signal's reason. */
  taskFinal(sessionId: string, taskId: string, signal: AbortSignal): Promise<Task>;

  /** Events after `lastId` (0 = from the start), oldest first, then for ever as they come, until the signal aborts. */
  events(sessionId: string, lastId: number, signal: AbortSignal): AsyncIterable<StoredEvent>;
  /** The id of the newest event: where a listener starts that wants no replay. */
  lastEventId(sessionId: string): Promise<number>;
}
