/** The tables as SQL sees them. `json` columns hold whole documents that the database never looks into. */
import type {
  Compute,
  Recording,
  Segment,
  SessionEvent,
  Stage,
  Task,
  TaskError,
  TaskState,
  TaskWorker,
  TranscribeOptions,
  Transcript,
  WindowResult,
} from '@bulk-transcribe/protocol';
import type { SpeakerCounts } from '@bulk-transcribe/speech/speakers';
import type { ColumnType, Generated, JSONColumnType, RawBuilder } from 'kysely';
import type { Overlay } from '../transcripts/overlay.ts';

/** Read as a Date, written by the database's own clock. */
type CreatedAt = ColumnType<Date, never, never>;
type Json<T extends object | null> = JSONColumnType<T, string | null, string | null>;

interface RecordingTable {
  id: Recording['id'];
  session_id: string;
  name: string;
  /** A bigint comes back as text or number, as the driver likes. */
  size: ColumnType<string | number, number, never>;
  sha256: string;
  created_at: CreatedAt;
}

interface JobTable {
  id: string;
  session_id: string;
  name: string;
  options: Json<TranscribeOptions>;
  priority: number;
  compute: Generated<Compute>;
  /** Its owner keeps it: retention passes it by. */
  kept: Generated<boolean>;
  created_at: CreatedAt;
}

interface TaskTable {
  id: Task['id'];
  session_id: string;
  job_id: string;
  recording_id: string;
  /** Place within the job, from 0. */
  position: number;
  /** Its job's. */
  priority: number;
  /** What decides which workers may take it (jobs/task-kind.ts). */
  kind: string;
  /** Place among what its session waits for (jobs/turns.ts). */
  turn: number;
  state: Generated<TaskState>;
  stage: Stage | null;
  done_sec: Generated<number>;
  total_sec: number | null;
  /** Counts up over the whole life of the task, retries by its owner included: a worker tells old from new by it. */
  attempt: Generated<number>;
  worker: Json<TaskWorker | null>;
  error: Json<TaskError | null>;
  warnings: Generated<number>;
  preview: Json<Segment[]>;
  created_at: CreatedAt;
  started_at: ColumnType<Date | null, never, Date | null>;
  finished_at: ColumnType<Date | null, never, Date | null>;
  /** Of a hearing (jobs/hearings.ts): the finished task whose speakers it hears. */
  hearing_of: string | null;
  speaker_counts: Json<SpeakerCounts | null>;
  /** While a worker has it: until when its claim holds without another heartbeat. */
  lease_until: ColumnType<Date | null, never, Date | null>;
}

interface TranscriptTable {
  task_id: string;
  document: Json<Transcript>;
  /** Its lines are in search_line. */
  indexed: Generated<boolean>;
}

/** A line of a transcript as it reads with all corrections, for the search. */
interface SearchLineTable {
  id: Generated<string | number>;
  task_id: string;
  start_sec: number;
  text: string;
  /** A tsvector: words as src/search knows them. */
  words: ColumnType<string, RawBuilder<string>, never>;
}

interface CorrectionTable {
  task_id: string;
  revision: number;
  overlay: Json<Overlay>;
}

interface SpeakerEvidenceTable {
  task_id: string;
  evidence: Uint8Array;
}

/** The checkpoint of a task: what its attempts have finished so far. */
interface FinishedWindowTable {
  task_id: string;
  index: number;
  result: Json<WindowResult>;
}

interface EventTable {
  id: Generated<string | number>;
  session_id: string;
  /** The task or job it tells the state of. */
  subject_id: string;
  event: Json<SessionEvent>;
  created_at: CreatedAt;
}

/** An attempt that is over here, and that a worker may still hold. */
interface SettlementTable {
  task_id: string;
  attempt: number;
  worker: string;
}

/** The turn that was last begun, one row per priority. */
interface QueueClockTable {
  priority: number;
  turn: number;
}

interface RecoveryCodeTable {
  session_id: string;
  /** SHA-256 of the code, hex: the code itself is stored nowhere. */
  code_hash: string;
  created_at: CreatedAt;
}

interface MigrationTable {
  id: number;
  name: string;
  checksum: string;
  applied_at: CreatedAt;
}

export interface Tables {
  recording: RecordingTable;
  job: JobTable;
  task: TaskTable;
  transcript: TranscriptTable;
  search_line: SearchLineTable;
  correction: CorrectionTable;
  speaker_evidence: SpeakerEvidenceTable;
  finished_window: FinishedWindowTable;
  event: EventTable;
  settlement: SettlementTable;
  queue_clock: QueueClockTable;
  recovery_code: RecoveryCodeTable;
  migration: MigrationTable;
}
