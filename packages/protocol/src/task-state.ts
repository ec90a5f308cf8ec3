/**
 * The life of a task, in one table. State moves only along it, by compare-and-set in the job store.
 *
 * - queued: waits for a worker with a free slot (also between two attempts).
 * - dispatched: a worker has the lease; its input is being sent or waits for the engine.
 * - running: the engine works on it; `stage` and `progress` tell how far.
 * - succeeded: the transcript is stored. Final.
 * - failed: no attempt is left or none can help; `error` says why. May be queued again by its owner.
 * - cancelled: its owner stopped it. May be queued again by its owner.
 */
import { Type } from '@sinclair/typebox';

export const taskStates = ['queued', 'dispatched', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type TaskState = (typeof taskStates)[number];
export const TaskState = Type.Union(/* @__PURE__ */ taskStates.map((state) => Type.Literal(state)));

export const taskTransitions: Readonly<Record<TaskState, readonly TaskState[]>> = {
  queued: ['dispatched', 'failed', 'cancelled'],
  dispatched: ['running', 'succeeded', 'queued', 'failed', 'cancelled'],
  running: ['succeeded', 'queued', 'failed', 'cancelled'],
  succeeded: [],
  failed: ['queued'],
  cancelled: ['queued'],
};

export const canMove = (from: TaskState, to: TaskState): boolean => taskTransitions[from].includes(to);
export const isFinal = (state: TaskState): boolean => state === 'succeeded' || state === 'failed' || state === 'cancelled';

/** Where a running task is. */
export const stages = ['decode', 'recognise', 'diarize', 'finish'] as const;
export type Stage = (typeof stages)[number];
export const Stage = Type.Union(/* @__PURE__ */ stages.map((stage) => Type.Literal(stage)));
