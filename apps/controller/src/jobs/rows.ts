/** Rows as the rest of the program knows them. */
import { completeOptions, type Job, type Recording, type Task } from '@bulk-transcribe/protocol';
import type { Kysely, Selectable } from 'kysely';
import { jsonObjectFrom } from 'kysely/helpers/postgres';
import type { Tables } from '../database/tables.ts';
import type { StoredTranscript } from '../transcripts/apply-overlay.ts';
import { noOverlay } from '../transcripts/overlay.ts';

type RecordingRow = Selectable<Tables['recording']>;
type JobRow = Selectable<Tables['job']>;

export const toRecording = (row: RecordingRow): Recording => ({
  id: row.id,
  name: row.name,
  size: Number(row.size),
  sha256: row.sha256,
  createdAt: row.created_at.toISOString(),
});

/** Tasks with their recordings; the caller says which. */
export const selectTasks = (sql: Kysely<Tables>) =>
  sql
    .selectFrom('task')
    .innerJoin('recording', 'recording.id', 'task.recording_id')
    .selectAll('task')
    .select(['recording.name', 'recording.size', 'recording.sha256', 'recording.created_at as recorded_at'])
    .select(({ selectFrom }) =>
      jsonObjectFrom(
        selectFrom('task as of_it')
          .select(['of_it.state', 'of_it.done_sec', 'of_it.total_sec', 'of_it.worker', 'of_it.error'])
          .whereRef('of_it.hearing_of', '=', 'task.id'),
      ).as('hearing'),
    );

type TaskRow = Awaited<ReturnType<ReturnType<typeof selectTasks>['executeTakeFirstOrThrow']>>;

/** As long as there is something to tell of it: what it has heard is in the transcript. */
const toHearing = (row: TaskRow['hearing']): Pick<Task, 'hearing'> => {
  if (!row || row.state === 'succeeded' || row.state === 'cancelled') return {};
  const { state, done_sec: doneSec, total_sec: totalSec, worker, error } = row;
  return { hearing: { state, progress: { doneSec, totalSec }, worker, error } };
};

const time = (date: Date | null): string | null => date?.toISOString() ?? null;

export const toTask = (row: TaskRow): Task => ({
  id: row.id,
  jobId: row.job_id,
  recording: { id: row.recording_id, name: row.name, size: Number(row.size), sha256: row.sha256, createdAt: row.recorded_at.toISOString() },
  state: row.state,
  stage: row.stage,
  progress: { doneSec: row.done_sec, totalSec: row.total_sec },
  attempt: row.attempt,
  worker: row.worker,
  error: row.error,
  warnings: row.warnings,
  preview: row.preview,
  ...toHearing(row.hearing),
  createdAt: row.created_at.toISOString(),
  startedAt: time(row.started_at),
  finishedAt: time(row.finished_at),
});

export const toJob = (row: JobRow, tasks: Task[]): Job => ({
  id: row.id,
  name: row.name,
  options: completeOptions(row.options),
  priority: row.priority,
  compute: row.compute,
  createdAt: row.created_at.toISOString(),
  kept: row.kept,
  tasks,
});

/** Transcripts with what people have corrected; the caller says which. */
export const selectStored = (sql: Kysely<Tables>) =>
  sql
    .selectFrom('transcript')
    .leftJoin('correction', 'correction.task_id', 'transcript.task_id')
    .select(['transcript.document', 'correction.revision', 'correction.overlay']);

type StoredRow = Awaited<ReturnType<ReturnType<typeof selectStored>['executeTakeFirstOrThrow']>>;

export const toStored = ({ document, overlay, revision }: StoredRow): StoredTranscript => ({
  original: document,
  overlay: overlay ?? noOverlay,
  revision: revision ?? 0,
});
