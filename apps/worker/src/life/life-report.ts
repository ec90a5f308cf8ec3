import type { EndReason, LifecycleReport, Termination } from '@bulk-transcribe/protocol';
import { idleEnd, idleLimitMs, keepersOf, type Life, nextEnding } from './deadlines.ts';

/** An end that has begun. `until`: the latest moment for its drain to be over, on the worker's clock. */
export interface End {
  readonly reason: EndReason;
  readonly until: number;
}

export interface ReportTimes {
  readonly now: number;
  /** The same moment as a date, milliseconds since 1970. */
  readonly wall: number;
  readonly end: End | null;
  readonly volume: boolean;
  readonly termination: Termination | null;
}

/** A life as ping and health tell it. */
export function reportOf(life: Life, { now, wall, end, volume, termination }: ReportTimes): LifecycleReport {
  const { state, platform, lifetime } = life;
  const ending = end ? { reason: end.reason, at: state === 'draining' ? end.until : null } : nextEnding(life, now);
  const idleAt = end ? null : idleEnd(life, now);
  const at = ending?.at ?? null;
  return {
    state,
    keptAliveBy: end ? [] : keepersOf(life, now),
    idleLeftMs: idleAt === null || idleAt > now + (idleLimitMs(life) ?? 0) ? null : Math.max(0, Math.round(idleAt - now)),
    endsAt: at === null ? null : new Date(wall + at - now).toISOString(),
    willEndBecause: ending?.reason ?? null,
    platform: platform.kind,
    armed: platform.notArmedBecause === '',
    notArmedBecause: platform.notArmedBecause,
    lifetimeFrom: lifetime?.from ?? null,
    volume,
    termination,
  };
}
