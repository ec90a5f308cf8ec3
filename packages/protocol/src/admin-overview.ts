/** What the page /admin watches: workers and queue. GET /api/admin/overview. */
import { type Static, Type } from '@sinclair/typebox';
import { Routing, Task } from './controller-api.ts';
import { TaskError } from './errors.ts';
import { Timestamp } from './ids.ts';
import { ModelPreparation } from './model-preparation.ts';
import { EndReason, Keeper, WorkerState } from './worker-life.ts';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

const Throughput = Type.Object({
  recordings: Type.Integer(),
  durationSec: Type.Number({ description: 'Their length.' }),
});
export type Throughput = Static<typeof Throughput>;

export const WorkerView = Type.Object(
  {
    name: Type.String({ description: 'local, or the name of the pod.' }),
    remote: Type.Boolean(),
    url: Type.String({ description: 'Of a remote worker; empty for the local one.' }),
    usable: Type.Boolean({ description: 'It takes work.' }),
    message: Type.String({ description: 'Why it takes none, for people; empty when it does.' }),
    state: orNull(WorkerState),
    device: orNull(Type.String({ description: 'cpu or cuda; null while it does not answer.' })),
    gpuName: orNull(Type.String()),
    version: orNull(Type.String()),
    slots: Type.Object({ total: Type.Integer(), free: Type.Integer() }),
    running: Type.Array(Type.String({ description: 'Ids of the tasks it has.' })),
    timesRealTime: orNull(Type.Number({ description: 'Median over the last recordings there.' })),
    lastHour: Throughput,
    answeredAt: orNull(Timestamp),
    keptAliveBy: Type.Array(Keeper),
    idleLeftMs: orNull(Type.Number({ description: 'Until it ends itself if nothing comes; null = not counting.' })),
    endsAt: orNull(Type.String()),
    willEndBecause: orNull(EndReason),
    keptUntil: orNull(Timestamp),
    preparing: Type.Array(ModelPreparation, { description: 'Models on their way to it, and those that it cannot get.' }),
    alarm: Type.String({ description: 'What about it costs money and wants a hand, for people; empty where nothing does.' }),
    leaving: Type.Boolean({ description: 'It is no longer set up, and finishes what it has.' }),
  },
  { $id: 'WorkerView' },
);
export type WorkerView = Static<typeof WorkerView>;

/** An attempt that failed: the recording may have gone on since, or been transcribed. */
export const RecentError = Type.Object(
  {
    at: Timestamp,
    worker: Type.String(),
    recording: Type.String({ description: 'Its file name.' }),
    error: TaskError,
  },
  { $id: 'RecentError' },
);
export type RecentError = Static<typeof RecentError>;

export const AdminOverview = Type.Object(
  {
    routing: Routing,
    workers: Type.Array(WorkerView),
    counts: Type.Object({ waiting: Type.Integer(), running: Type.Integer(), failed: Type.Integer() }),
    tasks: Type.Array(Task, { description: 'Of all sessions: those at work, those that wait, then those that failed last; at most 100.' }),
    errors: Type.Array(RecentError, { description: 'What went wrong last since the start, whatever became of it; the newest first.' }),
  },
  { $id: 'AdminOverview' },
);
export type AdminOverview = Static<typeof AdminOverview>;

/** POST /api/admin/workers/:name/keep. */
export const KeepRequest = Type.Object(
  { minutes: Type.Integer({ minimum: 0, maximum: 240, description: 'From now; 0 = no longer than needed.' }) },
  { $id: 'KeepRequest', additionalProperties: false },
);
