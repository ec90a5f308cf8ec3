/** The life of a worker as others see it: its state, what keeps it alive, when and why it will end. */
import { type Static, Type } from '@sinclair/typebox';

/**
 * - booting: the engine loads, or could not be loaded. - idle: ready and free. - busy: works on a task.
 * - draining: finishes what runs and hands results over, takes nothing new. - terminating: ends, in a pod by deleting it.
 * - terminated: closed.
 */
export const workerStates = ['booting', 'idle', 'busy', 'draining', 'terminating', 'terminated'] as const;
export const WorkerState = Type.Union(workerStates.map((state) => Type.Literal(state)));
export type WorkerState = Static<typeof WorkerState>;

/**
 * What holds a worker's idle time back. - loading: the engine loads. - task: a task runs or waits for the engine.
 * - upload: bytes of an input come in. - model: a model is prepared. - hold: somebody asked for it. - results: some are not acknowledged.
 * - worker_zero: no idle limit at all. - platform: serverless, where the platform decides.
 */
export const keepers = ['loading', 'task', 'upload', 'model', 'hold', 'results', 'worker_zero', 'platform'] as const;
export const Keeper = Type.Union(keepers.map((keeper) => Type.Literal(keeper)));
export type Keeper = Static<typeof Keeper>;

/**
 * Why a worker ends. - idle: nothing to do for TERMINATE_IDLE_TIME. - lifetime: MAX_LIFETIME or HARD_DEADLINE_EPOCH is over.
 * - lost_contact: work or results wait, and nobody has asked for LOST_CONTACT_TIME. - execution_timeout: a task took too long.
 * - drain: asked for by POST /v1/drain. - signal: the process was told to stop.
 */
export const endReasons = ['idle', 'lifetime', 'lost_contact', 'execution_timeout', 'drain', 'signal'] as const;
export const EndReason = Type.Union(endReasons.map((reason) => Type.Literal(reason)));
export type EndReason = Static<typeof EndReason>;

/** Where a worker runs. - pod: a rented pod, which it deletes at its end. - serverless: the platform owns its life. - none: any other machine. */
export const workerPlatforms = ['pod', 'serverless', 'none'] as const;
export const WorkerPlatform = Type.Union(workerPlatforms.map((platform) => Type.Literal(platform)));
export type WorkerPlatform = Static<typeof WorkerPlatform>;

/** From when MAX_LIFETIME counts. - deadline: it is a fixed time, HARD_DEADLINE_EPOCH. - boot: lasts longer with every restart of the container. */
export const lifetimeOrigins = ['deadline', 'pod', 'volume', 'boot'] as const;
export const LifetimeOrigin = Type.Union(lifetimeOrigins.map((origin) => Type.Literal(origin)));
export type LifetimeOrigin = Static<typeof LifetimeOrigin>;

/** How far a pod is with deleting itself. */
export const Termination = Type.Object(
  {
    since: Type.String({ description: 'When it began, RFC 3339.' }),
    acceptedAt: Type.Union([Type.String(), Type.Null()], { description: 'When the platform accepted the deletion; null until then.' }),
    calls: Type.Integer({ minimum: 0, description: 'Calls made so far.' }),
    lastAnswer: Type.String({ description: 'What came of the last one, for people.' }),
    alarm: Type.Boolean({ description: 'The pod cannot delete itself: terminate it by hand. It goes on trying.' }),
  },
  { $id: 'Termination' },
);
export type Termination = Static<typeof Termination>;

export const LifecycleReport = Type.Object(
  {
    state: WorkerState,
    keptAliveBy: Type.Array(Keeper, { description: 'Empty while the idle time runs.' }),
    idleLeftMs: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
      description: 'What is left of the idle time; null while it does not run.',
    }),
    endsAt: Type.Union([Type.String(), Type.Null()], {
      description: 'When it will end (or begin to drain) if nothing changes; null where no limit runs.',
    }),
    willEndBecause: Type.Union([EndReason, Type.Null()], { description: 'The reason that goes with endsAt, or of an end that has begun.' }),
    platform: WorkerPlatform,
    armed: Type.Boolean({ description: 'It can end its own bill: delete its pod, or (outside a pod) its process.' }),
    notArmedBecause: Type.String({ description: 'Why not, for people; empty when armed.' }),
    lifetimeFrom: Type.Union([LifetimeOrigin, Type.Null()], { description: 'From when the lifetime counts; null where there is none.' }),
    volume: Type.Boolean({ description: 'Tasks and results lie on a volume that outlives a restart of the container.' }),
    termination: Type.Union([Termination, Type.Null()]),
  },
  { $id: 'LifecycleReport' },
);
export type LifecycleReport = Static<typeof LifecycleReport>;

/** Longest time that one hold keeps a worker, milliseconds. Whoever wants more asks again. */
export const MAX_HOLD_MS = 60_000;

/** POST /v1/hold: keeps the worker for so long from now; counts as work. */
export const HoldRequest = Type.Object(
  { ms: Type.Integer({ minimum: 1, maximum: MAX_HOLD_MS }) },
  { $id: 'HoldRequest', additionalProperties: false },
);
export type HoldRequest = Static<typeof HoldRequest>;

/** Answer to POST /v1/hold and POST /v1/drain. */
export const LifecycleAnswer = Type.Object({ lifecycle: LifecycleReport }, { $id: 'LifecycleAnswer' });
export type LifecycleAnswer = Static<typeof LifecycleAnswer>;

/** POST /v1/drain: finish what runs, hand results over, take nothing new, then end. Cannot be taken back. */
export const DrainRequest = Type.Object({}, { $id: 'DrainRequest', additionalProperties: false });
export type DrainRequest = Static<typeof DrainRequest>;
