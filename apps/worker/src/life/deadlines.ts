/** What keeps a worker alive and when it ends, as functions of what is known about it. Times are milliseconds of its clock. */
import type { EndReason, Keeper, LifetimeOrigin, WorkerState } from '@bulk-transcribe/protocol';
import type { Limits } from './limits.ts';
import type { Platform } from './platform.ts';

/** Tasks that are somebody's. */
export interface Backlog {
  /** Queued or running. */
  readonly work: number;
  /** Succeeded or failed, and not acknowledged yet. */
  readonly results: number;
}

/** What a worker knows about its own life. Its one writer is the lifecycle. */
export interface Life {
  readonly limits: Limits;
  readonly platform: Platform;
  /** It can never take work as it was started. */
  closed: boolean;
  state: WorkerState;
  /** The engine could not be loaded, or is lost. */
  engineFailed: boolean;
  /** How many uploads and preparations go on just now. */
  readonly activities: Map<Activity, number>;
  backlog: Backlog;
  holdUntil: number;
  /** Null while the engine is loading for the first time. */
  bootEndedAt: number | null;
  /** The last moment at which something ended that had kept it. */
  releasedAt: number;
  firstContactAt: number | null;
  lastContactAt: number;
  lifetime: Lifetime | null;
}

/** What goes on for a while and counts as work, beside the tasks themselves. */
export type Activity = Extract<Keeper, 'task' | 'upload' | 'model'>;

/** A life of a certain length. Its drain and the rescue of what is left after it lie before its end, so that the worker is gone then. */
interface Lifetime {
  readonly endsAt: number;
  readonly from: LifetimeOrigin;
  readonly drainsAt: number;
  /** The drain ends here at the latest. */
  readonly drainedBy: number;
}

/** Drain and rescue take at most this part of a lifetime, so that a short one is not all end. */
const ENDING_PART = 0.1;

/** `leftMs`: what is left of it, from `now` on. */
export function lifetimeOf(leftMs: number, now: number, { from, limits }: { from: LifetimeOrigin; limits: Limits }): Lifetime {
  const endsAt = now + leftMs;
  const wantedMs = limits.drainMs + limits.rescueMs;
  const share = wantedMs === 0 ? 0 : Math.min(1, Math.max(0, (leftMs * ENDING_PART) / wantedMs));
  return { endsAt, from, drainsAt: endsAt - share * wantedMs, drainedBy: endsAt - share * limits.rescueMs };
}

export interface Ending {
  readonly at: number;
  readonly reason: EndReason;
}

/** A life that begins now. */
export const newLife = (now: number, fixed: Pick<Life, 'limits' | 'platform'>): Life => ({
  ...fixed,
  closed: false,
  state: 'booting',
  engineFailed: false,
  activities: new Map(),
  backlog: { work: 0, results: 0 },
  holdUntil: Number.NEGATIVE_INFINITY,
  bootEndedAt: null,
  releasedAt: now,
  firstContactAt: null,
  lastContactAt: now,
  lifetime: null,
});

/** The default of TERMINATE_IDLE_TIME, for a worker zero that can take no work. */
const USELESS_IDLE_MS = 60_000;

/** What holds the idle time back. */
export function keepersOf(life: Life, now: number): Keeper[] {
  const { state, platform, backlog, activities, closed, engineFailed } = life;
  const found: Partial<Record<Keeper, boolean>> = {
    platform: platform.kind === 'serverless',
    worker_zero: platform.kind !== 'serverless' && idleLimitMs(life) === null,
    loading: state === 'booting' && !closed && !engineFailed,
    // A dead engine will not do what waits for it: the controller gives it to another worker.
    task: state === 'busy' || (backlog.work > 0 && !engineFailed && !closed),
    hold: life.holdUntil > now && !isUseless(life),
    results: backlog.results > 0,
  };
  const held = (Object.keys(found) as Keeper[]).filter((keeper) => found[keeper]);
  return [...new Set([...activities.keys(), ...held])];
}

/** When the idle time is over; null while something but a hold, whose end is known, keeps the worker. */
export function idleEnd(life: Life, now: number): number | null {
  const { bootEndedAt, releasedAt } = life;
  const idleMs = idleLimitMs(life);
  const others = keepersOf(life, now).filter((keeper) => keeper !== 'hold');
  if (idleMs === null || bootEndedAt === null || others.length > 0) return null;
  const heldUntil = isUseless(life) ? releasedAt : life.holdUntil;
  return Math.max(releasedAt, heldUntil, countsFrom(life, bootEndedAt)) + idleMs;
}

/** Costs money and can never work: whatever it was started as, nobody gains from keeping it. */
const isUseless = ({ closed, platform }: Life): boolean => closed && platform.kind === 'pod';

/** Idle for so long: it ends. Null: never. */
export const idleLimitMs = (life: Life): number | null => life.limits.idleMs ?? (isUseless(life) ? USELESS_IDLE_MS : null);

/** A person may still be pasting the address: the idle time starts with the first contact. Where nobody can be let in, nobody is waited for. */
function countsFrom({ closed, firstContactAt, limits }: Life, bootEndedAt: number): number {
  if (closed) return bootEndedAt;
  return Math.min(firstContactAt ?? Number.POSITIVE_INFINITY, bootEndedAt + limits.firstContactMs);
}

/** What will end the worker first if nothing changes. */
export function nextEnding(life: Life, now: number): Ending | null {
  const { limits, backlog, lastContactAt, lifetime } = life;
  const endings: Ending[] = [];
  const idleAt = idleEnd(life, now);
  if (idleAt !== null) endings.push({ at: idleAt, reason: 'idle' });
  if (limits.lostContactMs !== null && backlog.work + backlog.results > 0) {
    endings.push({ at: lastContactAt + limits.lostContactMs, reason: 'lost_contact' });
  }
  if (lifetime) endings.push({ at: lifetime.drainsAt, reason: 'lifetime' });
  return endings.toSorted((one, other) => one.at - other.at)[0] ?? null;
}
