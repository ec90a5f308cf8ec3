/**
 * The tasks of this worker, on disk under `DATA_ROOT/tasks/<id>/` and in memory. The only writer of their state.
 *
 * Every change is durable before it is answered. After a restart complete inputs that were queued or running are queued again
 * (in the old order; windows that were finished are not done again), half inputs wait at the byte they had reached, settled tasks and
 * their results are still there until they are acknowledged.
 */
import path from 'node:path';
import {
  AppError,
  type FinishedWindows,
  MAX_PART_BYTES,
  type TaskRequest,
  type Transcript,
  toTaskError,
  type WorkerTask,
  type WorkerTaskState,
} from '@bulk-transcribe/protocol';
import type { SpeechEvent } from '@bulk-transcribe/speech';
import type { Logger } from 'pino';
import type { Unfetched } from '../life/rescue-results.ts';
import { HeldTasks } from './held-tasks.ts';
import type { InputPart } from './input-file.ts';
import { KeyedLock } from './keyed-lock.ts';
import { openAttempt } from './open-attempt.ts';
import { type Attempt, assertAttempt, assertMove, compareRequests, isComplete, isSettled, type Task, toWorkerTask } from './task.ts';
import type { EvidencePart, TaskRecord } from './task-folder.ts';
import { loadTasks } from './task-recovery.ts';

interface MoveOptions {
  readonly change?: Partial<TaskRecord>;
  /** For a change that counts even on a full disk: at worst the task is tried again after a restart. */
  readonly evenIfDiskFails?: boolean;
}

const unbegun = { stage: null, progress: { doneSec: 0, totalSec: null } } satisfies Partial<TaskRecord>;

export class TaskStore extends HeldTasks {
  readonly #root: string;
  readonly #log: Logger;
  readonly #lock = new KeyedLock();
  #lastTurn = 0;
  /** Ids of the tasks that were at work when a former process died. */
  readonly interrupted = new Set<string>();

  private constructor(root: string, log: Logger) {
    super();
    this.#root = root;
    this.#log = log;
  }

  static async open(dataRoot: string, log: Logger): Promise<TaskStore> {
    const store = new TaskStore(path.join(dataRoot, 'tasks'), log);
    for (const task of await loadTasks(store.#root, log)) store.tasks.set(task.record.request.id, task);
    store.#lastTurn = Math.max(0, ...store.all.map(({ record }) => record.turn));
    for (const task of store.all) await store.#recover(task);
    return store;
  }

  /** Takes a task, or finds that it is known. A newer attempt replaces the older one and keeps input bytes that are the same. */
  async put(request: TaskRequest): Promise<{ task: WorkerTask; created: boolean }> {
    return await this.#lock.run(request.id, async () => {
      const held = this.tasks.get(request.id);
      const known = held !== undefined && compareRequests(held.record.request, request) === 'same';
      const task = known ? held : await this.#open(request, held);
      if (task.record.state === 'awaiting_input' && isComplete(task)) await this.#queueIfSound(task);
      return { task: toWorkerTask(task), created: !known };
    });
  }

  /** Stores a part of the input; the last one queues the task. Throws input_offset, input_corrupt, conflict. */
  async appendInput(id: string, part: InputPart): Promise<Task> {
    return await this.#lock.run(id, async () => {
      const task = this.find(id);
      const { state } = task.record;
      if (state !== 'awaiting_input' && !task.input.complete) throw new AppError('conflict', `The task is ${state} and takes no more input.`);
      await task.input.append(part);
      if (isComplete(task)) await this.#queue(task);
      return task;
    });
  }

  /** Takes windows that were finished elsewhere, in order; those it holds stay as they are. Throws stale_attempt, conflict. */
  async addWindows(id: string, { attempt, windows }: FinishedWindows): Promise<WorkerTask> {
    return await this.#lock.run(id, async () => {
      const task = this.find(id);
      assertAttempt(task.record.request, attempt);
      for (const window of windows) {
        const held = task.events.windows.length;
        if (window.index > held) throw new AppError('conflict', `Window ${window.index} came, but window ${held} is the next one.`);
        if (window.index === held && task.record.state === 'awaiting_input') task.events.append({ type: 'window', window });
      }
      if (task.record.state === 'awaiting_input' && isComplete(task)) await this.#queueIfSound(task);
      return toWorkerTask(task);
    });
  }

  async readResult(id: string): Promise<Transcript> {
    return await this.#lock.run(id, async () => {
      const { record, folder } = this.find(id);
      if (record.state !== 'succeeded') throw new AppError('conflict', `The task is ${record.state}; there is no result.`);
      return await folder.readResult();
    });
  }

  /** Transcripts that wait to be fetched. Speakers without a text are heard again where they are lost. */
  get unfetched(): readonly Unfetched[] {
    const waiting = this.all.filter(({ record }) => record.state === 'succeeded' && record.request.work !== 'speakers');
    return waiting.map(({ record: { request }, folder }) => ({ id: request.id, name: request.input.name, read: () => folder.readResult() }));
  }

  /** A part of what speakers were told apart by, from byte `offset` on. Throws not_found where there is none. */
  async readEvidence(id: string, offset: number): Promise<EvidencePart> {
    return await this.#lock.run(id, async () => {
      const { record, folder } = this.find(id);
      const part = record.state === 'succeeded' ? await folder.readEvidence(offset, MAX_PART_BYTES) : null;
      if (!part) throw new AppError('not_found', 'There is no evidence of speakers for this task.');
      return part;
    });
  }

  /** Marks the attempt as running. False where it is not wanted any more. (For a restart, queued on disk means the same.) */
  async begin(run: Attempt): Promise<boolean> {
    return await this.#forRun(run, 'queued', (task) => this.#move(task, 'running', { evenIfDiskFails: true }));
  }

  /** Puts a running attempt back to its place in the queue. False where it is not wanted any more. */
  async requeue(run: Attempt): Promise<boolean> {
    return await this.#forRun(run, 'running', (task) => this.#move(task, 'queued', { change: unbegun, evenIfDiskFails: true }));
  }

  /** Notes how far the attempt is. True where that is on disk. */
  report(run: Attempt, event: SpeechEvent): boolean {
    const task = this.heldRun(run, 'running');
    if (!task || event.type === 'evidence') return false;
    if (event.type === 'stage') task.record = { ...task.record, stage: event.stage };
    if (event.type === 'progress') task.record = { ...task.record, progress: event.progress };
    return task.events.append(event.type === 'window' ? event : { type: 'status', task: toWorkerTask(task) });
  }

  /** `evidence`: of the speakers, where voices were told apart. */
  async succeed(run: Attempt, transcript: Transcript, evidence: Uint8Array | null = null): Promise<void> {
    await this.#forRun(run, 'running', async (task) => {
      if (evidence) await task.folder.writeEvidence(evidence);
      await task.folder.writeResult(transcript);
      const { durationSec } = transcript;
      await this.#move(task, 'succeeded', { change: { progress: { doneSec: durationSec, totalSec: durationSec } } });
    });
  }

  async fail(run: Attempt, error: AppError): Promise<void> {
    await this.#forRun(run, 'running', (task) => this.#move(task, 'failed', { change: { error: toTaskError(error) }, evenIfDiskFails: true }));
  }

  /** Stops the attempt, whatever it waits for; a settled one stays as it is. Throws stale_attempt. */
  async cancel({ id, attempt }: Attempt): Promise<WorkerTask> {
    return await this.#lock.run(id, async () => {
      const task = this.find(id);
      assertAttempt(task.record.request, attempt);
      if (!isSettled(task.record.state)) {
        await this.#move(task, 'cancelled', { evenIfDiskFails: true });
        this.emit('stopped', { id, attempt });
      }
      return toWorkerTask(task);
    });
  }

  /** Removes a settled task with all it holds; one that is gone already is fine. Throws stale_attempt, conflict. */
  async acknowledge({ id, attempt }: Attempt): Promise<void> {
    await this.#lock.run(id, async () => {
      const task = this.tasks.get(id);
      if (!task) return;
      const { request, state } = task.record;
      assertAttempt(request, attempt);
      if (!isSettled(state)) throw new AppError('conflict', `The task is ${state}; only a settled one can be acknowledged.`);
      await task.folder.remove();
      this.tasks.delete(id);
      this.emit('changed');
    });
  }

  /** Ends all event streams and waits for writes under way. */
  async close(): Promise<void> {
    for (const { events } of this.all) events.end();
    await this.#lock.idle();
  }

  /** Begins an attempt, in place of the one we hold if there is one. */
  async #open(request: TaskRequest, held: Task | undefined): Promise<Task> {
    const task = await openAttempt(request, held, { root: this.#root, log: this.#log });
    this.tasks.set(request.id, task);
    this.emit('changed');
    if (held) this.emit('stopped', held.record.request);
    return task;
  }

  async #queue(task: Task): Promise<void> {
    await task.input.verify();
    this.#lastTurn += 1;
    await this.#move(task, 'queued', { change: { turn: this.#lastTurn } });
    this.emit('queued');
  }

  /** The same for bytes that were there before: if they turn out to be damaged, the task waits for its input again. */
  async #queueIfSound(task: Task): Promise<void> {
    try {
      await this.#queue(task);
    } catch (cause) {
      if (!(cause instanceof AppError)) throw cause;
      this.#log.warn({ id: task.record.request.id }, cause.message);
    }
  }

  /** Sets right what a restart has interrupted. */
  async #recover(task: Task): Promise<void> {
    const { state } = task.record;
    if (state === 'running' || (state === 'queued' && !isComplete(task))) {
      if (state === 'running') this.interrupted.add(task.record.request.id);
      await this.#move(task, isComplete(task) ? 'queued' : 'awaiting_input', { change: unbegun, evenIfDiskFails: true });
    } else if (state === 'awaiting_input' && isComplete(task)) {
      await this.#queueIfSound(task);
    } else if (task.events.last?.type !== 'status' || task.events.last.task.state !== state) {
      task.events.append({ type: 'status', task: toWorkerTask(task) });
    }
  }

  /** The one setter of a task's state: disk first, then memory, then the event. */
  async #move(task: Task, state: WorkerTaskState, options: MoveOptions = {}): Promise<void> {
    assertMove(task.record.state, state);
    const record = { ...task.record, ...options.change, state };
    try {
      await task.folder.writeRecord(record);
    } catch (err) {
      if (!options.evenIfDiskFails) throw err;
      this.#log.error({ err, id: record.request.id, state }, 'the state of a task could not be written to disk');
    }
    task.record = record;
    task.events.append({ type: 'status', task: toWorkerTask(task) });
    this.emit('changed');
  }

  /** Does `step` if the attempt still is the one we hold, in the expected state. */
  async #forRun(run: Attempt, expected: WorkerTaskState, step: (task: Task) => Promise<void>): Promise<boolean> {
    return await this.#lock.run(run.id, async () => {
      const task = this.heldRun(run, expected);
      if (task) await step(task);
      return task !== undefined;
    });
  }
}
