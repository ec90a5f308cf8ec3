/**
 * What controller and worker say to each other (HTTP, JSON, port 8477).
 * All but `GET /health` need `Authorization: Bearer WORKER_TOKEN`. No request takes long or carries much:
 * RunPod's proxy cuts at 100 s and 100 MB.
 */
import { type Static, Type } from '@sinclair/typebox';
import { TaskError } from './errors.ts';
import { Id, Sha256 } from './ids.ts';
import { ModelPreparation } from './model-preparation.ts';
import { ModelInfo, TranscribeOptions } from './options.ts';
import { Stage } from './task-state.ts';
import { Segment, Warning } from './transcript.ts';
import { LifecycleReport, WorkerState } from './worker-life.ts';

/** On every answer of a worker, so that a proxy's 404 is told from ours. Its value is the protocol's version. */
export const WORKER_HEADER = 'x-bulk-transcribe-worker';
export const WORKER_PROTOCOL = '1';
/** Largest part of an input, bytes. */
export const MAX_PART_BYTES = 8 * 1024 * 1024;
/** SHA-256 (hex) of the part that a PUT carries. */
export const PART_SHA256_HEADER = 'x-part-sha256';

export const Identity = Type.Object(
  { version: Type.String(), gitCommit: Type.String(), buildTime: Type.String() },
  { $id: 'Identity', description: 'Which build answers; "unknown" where the build did not know.' },
);
export type Identity = Static<typeof Identity>;

const Preparing = Type.Array(ModelPreparation, { description: 'Models on their way here, and those whose way failed.' });

export const Health = Type.Object(
  {
    status: Type.Union([Type.Literal('ok'), Type.Literal('starting'), Type.Literal('failed'), Type.Literal('ending')]),
    state: WorkerState,
    accepting: Type.Boolean({ description: 'Whether a new task would be taken.' }),
    message: Type.String({ description: 'Why not ok, for people; empty when ok.' }),
    preparing: Preparing,
    lifecycle: LifecycleReport,
  },
  { $id: 'Health' },
);
export type Health = Static<typeof Health>;

export const Ping = Type.Object(
  {
    identity: Identity,
    instance: Type.String({ description: 'Another one after every start of the process: tells a restart from a cut connection.' }),
    news: Type.Integer({ minimum: 0, description: 'Grows when the worker begins to drain or to end, and when a model has come or failed.' }),
    state: WorkerState,
    accepting: Type.Boolean(),
    gpu: Type.Boolean({ description: 'A GPU really computes.' }),
    gpuName: Type.Union([Type.String(), Type.Null()], {
      description: 'The GPU that computes, or that is paid for and does not (then `gpu` is false).',
    }),
    provider: Type.String({ description: 'Execution provider really used: cpu or cuda.' }),
    threads: Type.Integer({ minimum: 1 }),
    models: Type.Array(ModelInfo),
    preparing: Preparing,
    diarization: Type.Boolean(),
    slots: Type.Object({ total: Type.Integer({ minimum: 1 }), free: Type.Integer({ minimum: 0 }) }),
    disk: Type.Object({ freeBytes: Type.Integer(), totalBytes: Type.Integer() }),
    lifecycle: LifecycleReport,
  },
  { $id: 'Ping' },
);
export type Ping = Static<typeof Ping>;

/** Longest time that a ping may wait, milliseconds: proxies cut what is silent for long. */
export const MAX_PING_WAIT_MS = 25_000;

/** GET /v1/ping?waitMs=N&news=M: answered after so long, or as soon as `news` is not M any more. */
export const PingQuery = Type.Object({
  waitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_PING_WAIT_MS })),
  news: Type.Optional(Type.Integer({ minimum: 0, description: 'That of the last ping.' })),
});

/** A finished window: what the recogniser made of one piece of audio. */
export const WindowResult = Type.Object(
  {
    index: Type.Integer({ minimum: 0, description: 'Windows are numbered in order of time, from 0.' }),
    start: Type.Number({ minimum: 0 }),
    end: Type.Number({ minimum: 0 }),
    language: Type.Optional(Type.String({ description: 'ISO 639-1, where the model tells languages apart.' })),
    segments: Type.Array(Segment),
    warnings: Type.Array(Warning),
  },
  { $id: 'WindowResult' },
);
export type WindowResult = Static<typeof WindowResult>;

/**
 * POST /v1/tasks. Idempotent by `id` and `attempt`; a higher attempt of the same id replaces the lower one, and takes its
 * input and its finished windows over.
 */
export const TaskRequest = Type.Object(
  {
    id: Id,
    attempt: Type.Integer({ minimum: 1 }),
    options: TranscribeOptions,
    work: Type.Optional(
      Type.Literal('speakers', { description: 'Only who speaks when is heard: the result has no segments. Left out: the recording is transcribed.' }),
    ),
    input: Type.Object({
      name: Type.String({ maxLength: 1000, description: 'Name for people and log lines; never a path.' }),
      size: Type.Integer({ minimum: 1 }),
      sha256: Sha256,
    }),
    windows: Type.Integer({
      minimum: 0,
      description: 'Finished windows that the sender holds from earlier on: the work begins once as many have arrived.',
    }),
    alone: Type.Optional(Type.Boolean({ description: 'A worker died with it among others: no other task is to be at work beside it.' })),
  },
  { $id: 'TaskRequest', additionalProperties: false },
);
export type TaskRequest = Static<typeof TaskRequest>;

/**
 * - awaiting_input: bytes, or finished windows of earlier on, are missing. - queued: input complete and verified, waits for the engine.
 * - running. - succeeded: result waits for its acknowledgement. - failed: `error` says why. - cancelled.
 */
export const workerTaskStates = ['awaiting_input', 'queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export const WorkerTaskState = Type.Union(workerTaskStates.map((state) => Type.Literal(state)));
export type WorkerTaskState = Static<typeof WorkerTaskState>;

export const Progress = Type.Object(
  {
    doneSec: Type.Number({ minimum: 0, description: 'Seconds of recording done.' }),
    totalSec: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { description: 'Length of the recording, null while unknown.' }),
  },
  { $id: 'Progress' },
);
export type Progress = Static<typeof Progress>;

export const WorkerTask = Type.Object(
  {
    id: Id,
    attempt: Type.Integer({ minimum: 1 }),
    state: WorkerTaskState,
    received: Type.Integer({ minimum: 0, description: 'Bytes of input stored so far.' }),
    size: Type.Integer({ minimum: 1 }),
    windows: Type.Integer({ minimum: 0, description: 'Finished windows held, from window 0 on without a gap.' }),
    stage: Type.Union([Stage, Type.Null()]),
    progress: Progress,
    error: Type.Union([TaskError, Type.Null()]),
  },
  { $id: 'WorkerTask' },
);
export type WorkerTask = Static<typeof WorkerTask>;

/** PUT /v1/tasks/:id/input?offset=N, body application/octet-stream of at most MAX_PART_BYTES. */
export const InputQuery = Type.Object({ offset: Type.Integer({ minimum: 0 }) });
export const InputReceived = Type.Object({ received: Type.Integer({ minimum: 0 }), size: Type.Integer() }, { $id: 'InputReceived' });
export type InputReceived = Static<typeof InputReceived>;

/** PUT /v1/tasks/:id/windows: windows that were finished elsewhere, or by a worker that is gone. What is known stays. */
export const FinishedWindows = Type.Object(
  { attempt: Type.Integer({ minimum: 1 }), windows: Type.Array(WindowResult, { minItems: 1 }) },
  { $id: 'FinishedWindows', additionalProperties: false },
);
export type FinishedWindows = Static<typeof FinishedWindows>;

/**
 * GET /v1/tasks/:id/evidence?offset=N: what speakers were told apart by, at most MAX_PART_BYTES from there on, with PART_SHA256_HEADER;
 * not_found where they were not.
 */
export const EvidenceQuery = Type.Object({ offset: Type.Integer({ minimum: 0 }) });
/** Bytes of the whole evidence. */
export const EVIDENCE_SIZE_HEADER = 'x-evidence-size';

/** GET /v1/tasks/:id/events: server-sent events, `id:` a counter from 1 within the attempt, resumable by Last-Event-ID. */
export const WorkerTaskEvent = Type.Union(
  [Type.Object({ type: Type.Literal('status'), task: WorkerTask }), Type.Object({ type: Type.Literal('window'), window: WindowResult })],
  { $id: 'WorkerTaskEvent' },
);
export type WorkerTaskEvent = Static<typeof WorkerTaskEvent>;

/** POST /v1/tasks/:id/ack and /cancel name the attempt they mean. */
export const AttemptRef = Type.Object({ attempt: Type.Integer({ minimum: 1 }) }, { $id: 'AttemptRef', additionalProperties: false });
export type AttemptRef = Static<typeof AttemptRef>;
