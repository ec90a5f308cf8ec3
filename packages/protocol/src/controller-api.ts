/** What the pages and other clients say to the controller under /api. */
import { type Static, Type } from '@sinclair/typebox';
import { TaskError } from './errors.ts';
import { Id, Sha256, Timestamp } from './ids.ts';
import { FetchableModel, ModelInfo, TranscribeOptions, TranscribeOptionsInput } from './options.ts';
import { RemoteMode } from './remote-worker-api.ts';
import { Stage, TaskState } from './task-state.ts';
import { Segment, TaskWorker } from './transcript.ts';
import { Identity, Progress } from './worker-api.ts';

export const Recording = Type.Object(
  {
    id: Id,
    name: Type.String({ description: 'The file name as uploaded: data, never a path.' }),
    size: Type.Integer({ minimum: 1, description: 'Bytes.' }),
    sha256: Sha256,
    createdAt: Timestamp,
  },
  { $id: 'Recording' },
);
export type Recording = Static<typeof Recording>;

/** POST /api/recordings?name=…, body application/octet-stream. */
export const UploadQuery = Type.Object({ name: Type.String({ minLength: 1, maxLength: 1000 }) });

/** POST /api/recordings/known: a file that the caller holds and has not sent. */
export const KnownFile = Type.Object(
  { sha256: Sha256, size: Type.Integer({ minimum: 1, description: 'Bytes.' }), name: Type.String({ minLength: 1, maxLength: 1000 }) },
  { $id: 'KnownFile', additionalProperties: false },
);
export type KnownFile = Static<typeof KnownFile>;

/** A task of its own kind, for another one that is finished: the recording is decoded once more, and only its speakers are heard. */
export const Hearing = Type.Object(
  {
    state: TaskState,
    progress: Progress,
    worker: Type.Union([TaskWorker, Type.Null()]),
    error: Type.Union([TaskError, Type.Null()], { description: 'Why it failed, or why it waits again.' }),
  },
  { $id: 'Hearing' },
);
export type Hearing = Static<typeof Hearing>;

export const Task = Type.Object(
  {
    id: Id,
    jobId: Id,
    recording: Recording,
    state: TaskState,
    stage: Type.Union([Stage, Type.Null()]),
    progress: Progress,
    attempt: Type.Integer({ minimum: 0, description: 'Attempts begun so far.' }),
    worker: Type.Union([TaskWorker, Type.Null()]),
    error: Type.Union([TaskError, Type.Null()]),
    warnings: Type.Integer({ minimum: 0, description: 'Warnings in the transcript.' }),
    preview: Type.Array(Segment, { description: 'While it runs: the segments of the last finished windows (the newest at the end).' }),
    hearing: Type.Optional(Hearing),
    createdAt: Timestamp,
    startedAt: Type.Union([Timestamp, Type.Null()]),
    finishedAt: Type.Union([Timestamp, Type.Null()]),
  },
  { $id: 'Task' },
);
export type Task = Static<typeof Task>;

/** Ahead of every job of a lower one, whoever's that is; jobs of the same priority take turns by session. */
export const Priority = Type.Integer({
  minimum: -3,
  maximum: 3,
  description: '3 = before all others, 0 = as usual, -3 = when nothing else waits. Within one priority sessions take turns.',
});

/** What a job asks to be computed on. auto: as the mode says; gpu: a remote worker's GPU alone; cpu: this computer alone. */
export const computes = ['auto', 'gpu', 'cpu'] as const;
export const Compute = Type.Union(/* @__PURE__ */ computes.map((compute) => Type.Literal(compute)));
export type Compute = (typeof computes)[number];

export const Job = Type.Object(
  {
    id: Id,
    name: Type.String(),
    options: TranscribeOptions,
    priority: Priority,
    compute: Compute,
    createdAt: Timestamp,
    kept: Type.Boolean({ description: 'Its owner wants it kept for good: `retentionDays` of GET /api/system does not apply.' }),
    tasks: Type.Array(Task),
  },
  { $id: 'Job' },
);
export type Job = Static<typeof Job>;

export const JobRequest = Type.Object(
  {
    recordingIds: Type.Array(Id, { minItems: 1, maxItems: 5000 }),
    name: Type.Optional(Type.String({ maxLength: 200 })),
    options: Type.Optional(TranscribeOptionsInput),
    priority: Type.Optional(Priority),
    compute: Type.Optional(Compute),
  },
  { $id: 'JobRequest', additionalProperties: false },
);
export type JobRequest = Static<typeof JobRequest>;

/** PATCH /api/jobs/:id. */
export const JobChange = Type.Object({ kept: Type.Boolean() }, { $id: 'JobChange', additionalProperties: false });

/** POST /api/access. */
export const AccessRequest = Type.Object(
  { password: Type.String({ minLength: 1, maxLength: 1024 }) },
  { $id: 'AccessRequest', additionalProperties: false },
);

/** What opens a session in another browser; told once, when it is made. */
export const RecoveryCode = Type.Object(
  { code: Type.String({ minLength: 1, maxLength: 100, description: 'Case, blanks and hyphens do not matter.' }) },
  { $id: 'RecoveryCode', additionalProperties: false },
);
export type RecoveryCode = Static<typeof RecoveryCode>;

/** GET /api/events: server-sent events of the caller's session. `id:` counts up; Last-Event-ID replays what was missed. */
export const SessionEvent = Type.Union(
  [
    Type.Object({ type: Type.Literal('task'), task: Task }),
    Type.Object({ type: Type.Literal('job'), job: Job }),
    Type.Object({ type: Type.Literal('job-deleted'), jobId: Id }),
  ],
  { $id: 'SessionEvent' },
);
export type SessionEvent = Static<typeof SessionEvent>;

/** Who may use the pages and the API. */
export const Access = Type.Union([Type.Literal('local'), Type.Literal('password'), Type.Literal('open')], {
  description: 'local: who works on the machine itself; password: who knows the password; open: whoever reaches it.',
});
export type Access = Static<typeof Access>;

/** In the place of a model, where only speakers are heard: no model has an empty name. */
export const SPEAKERS = '';

/** Where the next task will run, and why. */
export const Routing = Type.Object(
  {
    mode: RemoteMode,
    choices: Type.Array(Compute, { description: 'What a job may choose in this mode.' }),
    place: Type.Union([TaskWorker, Type.Null()], { description: 'Where a task that waits now would run; null = it waits.' }),
    timesRealTime: Type.Union([Type.Number(), Type.Null()], { description: 'Measured speed there; null = nothing has run there yet.' }),
    reason: Type.String({ description: 'Why there, or why it waits, for people; empty where nothing else was asked for.' }),
    waits: Type.Array(Type.Object({ model: Type.String(), compute: Compute, reason: Type.String() }), {
      description: 'Tasks that would wait for more than a free slot, and why: for a worker, or for a model that it prepares.',
    }),
    notices: Type.Array(Type.Object({ kind: Type.Union([Type.Literal('preparing'), Type.Literal('alarm')]), text: Type.String() }), {
      description: 'Of the remote workers, for people. preparing: a model is on its way to one. alarm: one costs money and wants a hand.',
    }),
  },
  { $id: 'Routing' },
);
export type Routing = Static<typeof Routing>;

/** GET /api/system: what a page needs to know before anything is uploaded. */
export const SystemInfo = Type.Object(
  {
    identity: Identity,
    ready: Type.Boolean({ description: 'A transcription would be accepted now.' }),
    message: Type.String({ description: 'Why not ready, for people; empty when ready.' }),
    worker: Type.Union([TaskWorker, Type.Null()]),
    routing: Routing,
    models: Type.Array(ModelInfo),
    fetchable: Type.Array(FetchableModel, { description: 'Can be asked for too: a remote worker fetches it first, and the task waits meanwhile.' }),
    maxUploadBytes: Type.Integer(),
    access: Access,
    retentionDays: Type.Integer({ description: 'Recordings and transcripts are deleted so many days after their job ended; 0 = never.' }),
  },
  { $id: 'SystemInfo' },
);
export type SystemInfo = Static<typeof SystemInfo>;

export const exportFormats = ['txt', 'md', 'docx', 'pdf', 'srt', 'vtt', 'csv', 'json', 'rttm'] as const;
export type ExportFormat = (typeof exportFormats)[number];
export const ExportFormat = Type.Union(/* @__PURE__ */ exportFormats.map((format) => Type.Literal(format)));
export const ExportQuery = Type.Object({ format: ExportFormat });
