/** The limits of a worker's life, resolved once from settings and platform. All times in milliseconds. */
import { bucketOptions, type bucketSettings } from '@bulk-transcribe/service';
import type { Config } from '../config.ts';
import { pulls } from '../pull/pull-settings.ts';
import type { Platform } from './platform.ts';

export interface Limits {
  /** Idle for so long: it ends. Null: worker zero, or the platform decides. */
  readonly idleMs: number | null;
  /** The idle time starts with the first authenticated call, or so long after boot. */
  readonly firstContactMs: number;
  /** Longest run of one task. Null: follows from the length of the recording. */
  readonly executionMs: number | null;
  /** Work or results wait and nobody has asked for so long: it ends. Null: it waits. */
  readonly lostContactMs: number | null;
  /** Longest lifetime. Null: none. */
  readonly lifetimeMs: number | null;
  readonly drainMs: number;
  /** Kept free between a drain and the end of a lifetime: results that nobody fetched go to disk, and to the bucket where there is one. */
  readonly rescueMs: number;
}

/** Longest wait for what is to be brought to disk; the deletion must not depend on it. */
export const SETTLE_MS = 5_000;
/** Longest wait for results on their way to the bucket, for the same reason. */
export const RESCUE_MS = 30_000;

type LimitSettings = Pick<
  Config,
  | 'RUNPOD_WEBHOOK_GET_JOB'
  | 'WEBHOOK_GET_WORK'
  | 'TERMINATE_IDLE_TIME'
  | 'WORKER_ZERO'
  | 'FIRST_CONTACT_TIME'
  | 'EXECUTION_TIMEOUT'
  | 'MAX_LIFETIME'
  | 'LOST_CONTACT_TIME'
  | 'DRAIN_TIME'
  | keyof typeof bucketSettings
>;

/** The first worker of a fleet, which stays whether it has work or not. */
const isWorkerZero = ({ WORKER_ZERO, TERMINATE_IDLE_TIME }: LimitSettings): boolean => WORKER_ZERO === 'true' || TERMINATE_IDLE_TIME === 0;

/** Caps guard a bill, so they hold in a pod alone: elsewhere the machine is its owner's, and serverless its platform's. */
export function limitsOf(settings: LimitSettings, { kind }: Platform): Limits {
  const inPod = kind === 'pod';
  return {
    idleMs: isWorkerZero(settings) || kind === 'serverless' ? null : settings.TERMINATE_IDLE_TIME,
    // A worker that pulls waits for nobody to find it, and calls on its own.
    firstContactMs: pulls(settings) ? 0 : settings.FIRST_CONTACT_TIME,
    executionMs: settings.EXECUTION_TIMEOUT === 0 ? null : settings.EXECUTION_TIMEOUT,
    lostContactMs: inPod && !pulls(settings) ? settings.LOST_CONTACT_TIME : null,
    lifetimeMs: inPod ? settings.MAX_LIFETIME : null,
    drainMs: settings.DRAIN_TIME,
    rescueMs: inPod ? SETTLE_MS + (bucketOptions(settings) ? RESCUE_MS : 0) : 0,
  };
}

/** Where EXECUTION_TIMEOUT is not set: three times the recording's length, but five minutes at least; for each of those at work at once. */
const LENGTH_FACTOR = 3;
const SHORTEST_EXECUTION_MS = 300_000;

/** How long a task may run whose recording is `totalSec` seconds long, as far as that is known, while `atOnce` share the machine. */
export const executionLimitMs = ({ executionMs }: Limits, totalSec: number, atOnce: number): number =>
  executionMs ?? atOnce * Math.max(SHORTEST_EXECUTION_MS, LENGTH_FACTOR * totalSec * 1000);
