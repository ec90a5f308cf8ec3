/** The tasks that this worker has, in memory: what may be asked of them. Their one writer is the task store. */
import { EventEmitter } from 'node:events';
import { AppError, type WorkerTaskState } from '@bulk-transcribe/protocol';
import type { Backlog } from '../life/deadlines.ts';
import type { Attempt, Task } from './task.ts';

interface TaskEvents {
  /** A task may be taken by the runner. */
  queued: [];
  /** This attempt's work is no longer wanted. */
  stopped: [Attempt];
  /** A task has come, moved or gone. */
  changed: [];
}

export class HeldTasks extends EventEmitter<TaskEvents> {
  /** By id. */
  protected readonly tasks = new Map<string, Task>();

  /** Throws not_found. */
  find(id: string): Task {
    const task = this.tasks.get(id);
    if (!task) throw new AppError('not_found', `There is no task ${id} here.`);
    return task;
  }

  /** Whether this attempt, or a newer one, is known. */
  holds({ id, attempt }: Attempt): boolean {
    return (this.tasks.get(id)?.record.request.attempt ?? 0) >= attempt;
  }

  /** How many tasks are in the engine's hands or wait for it, and how many ends wait to be acknowledged. A cancelled one is known already. */
  get backlog(): Backlog {
    const count = (...states: WorkerTaskState[]) => this.all.filter(({ record }) => states.includes(record.state)).length;
    return { work: count('queued', 'running'), results: count('succeeded', 'failed') };
  }

  /** In the order in which it is their turn. */
  get queued(): readonly Task[] {
    const queued = this.all.filter(({ record }) => record.state === 'queued');
    return queued.toSorted((a, b) => a.record.turn - b.record.turn);
  }

  protected get all(): Task[] {
    return [...this.tasks.values()];
  }

  /** Undefined where the attempt is not the one we hold any more, or not in the expected state. */
  protected heldRun({ id, attempt }: Attempt, expected: WorkerTaskState): Task | undefined {
    const task = this.tasks.get(id);
    return task?.record.request.attempt === attempt && task.record.state === expected ? task : undefined;
  }
}
