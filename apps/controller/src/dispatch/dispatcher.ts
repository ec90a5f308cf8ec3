/**
 * Gives waiting tasks to workers with a free slot (a lane each), by the rules of routing.ts.
 *
 * A worker holds a task by a lease that is renewed as long as it answers. One that is silent for too long loses it: the task
 * waits again and goes on from its checkpoint wherever there is a slot. What a worker had when the controller ended is taken
 * up again at once, under the same attempt: there is one controller (several on one PostgreSQL will adopt only what no lease
 * holds).
 */
import { EventEmitter, setMaxListeners } from 'node:events';
import { AppError, type RemoteMode } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import type { TaskKind } from '../jobs/task-kind.ts';
import type { Choice, TaskLedger } from '../jobs/task-ledger.ts';
import type { WorkerLink } from '../workers/worker-link.ts';
import { Lane } from './lane.ts';
import { whyHere } from './places.ts';
import { RecentErrors } from './recent-errors.ts';
import { type Fleet, lacksModel, takes } from './routing.ts';
import type { RunParts } from './run-task.ts';

/** Four chances within a lease. */
const HEARTBEAT_MS = 15_000;

export interface Heartbeats {
  readonly heartbeatMs?: number;
}

export interface DispatcherOptions extends Pick<RunParts, 'recordingPath' | 'observer'>, Heartbeats {
  readonly ledger: TaskLedger;
  readonly log: Logger;
  /** As it is at the moment. */
  readonly mode: () => RemoteMode;
}

export class Dispatcher extends EventEmitter<{ change: [] }> {
  readonly #options: DispatcherOptions;
  readonly errors = new RecentErrors();
  readonly #closing = new AbortController();
  readonly #sweeping: NodeJS.Timeout;
  /** By the name of the worker. */
  readonly #lanes = new Map<string, Lane>();
  #awaited: readonly TaskKind[] = [];
  /** Each is logged once. */
  readonly #logged = new WeakMap<WorkerLink, string>();

  constructor(options: DispatcherOptions) {
    super();
    this.setMaxListeners(0);
    this.#options = options;
    this.#sweeping = setInterval(() => {
      this.#logAlarms();
      void this.#releaseExpired();
    }, options.heartbeatMs ?? HEARTBEAT_MS);
    setMaxListeners(0, this.#closing.signal);
  }

  get lanes(): readonly Lane[] {
    return [...this.#lanes.values()];
  }

  /** The kinds of tasks that wait, as of the last turn of any worker. */
  get awaited(): readonly TaskKind[] {
    return this.#awaited;
  }

  /** What routing decides by. */
  get fleet(): Fleet {
    const lanes = this.lanes.filter(({ retired }) => !retired);
    return { mode: this.#options.mode(), candidates: lanes.map(({ candidate }) => candidate) };
  }

  /** Gives the worker work from now on. */
  add(link: WorkerLink): Lane {
    const { heartbeatMs = HEARTBEAT_MS } = this.#options;
    const choose = (lane: Lane): Choice => this.#choiceOf(lane);
    const lacking = (lane: Lane): Promise<string[]> => this.#lackingOf(lane);
    const closing = this.#closing.signal;
    const lane = new Lane(link, { ...this.#options, errors: this.errors, heartbeatMs, choose, lacking, closing, onTurn: () => this.ringAll() });
    this.#lanes.set(link.name, lane);
    void lane.ended.then(() => this.#lanes.delete(link.name) && this.ringAll());
    return lane;
  }

  /** Something that routing decides by has changed. */
  ringAll(): void {
    for (const lane of this.#lanes.values()) lane.ring();
    this.emit('change');
  }

  /** Lets go of every running task; the next start takes them up again. */
  async close(): Promise<void> {
    this.#closing.abort(new AppError('shutting_down', 'The controller is stopping.'));
    clearInterval(this.#sweeping);
    await Promise.all(this.lanes.map(({ ended }) => ended));
  }

  #choiceOf(lane: Lane): Choice {
    return {
      takes: (kind) => takes(lane.candidate, kind, this.fleet),
      why: (kind) => whyHere(lane.candidate, kind, this.fleet),
    };
  }

  /** Models that tasks wait for, or had to go elsewhere for, and that would come to this worker if it had them. */
  async #lackingOf(lane: Lane): Promise<string[]> {
    this.#awaited = await this.#options.ledger.waitingKinds();
    const kinds = [...this.#awaited, ...this.lanes.flatMap(({ elsewhere }) => elsewhere)];
    const lacking = kinds.filter((kind) => lacksModel(lane.candidate, kind, this.fleet));
    return [...new Set(lacking.map(({ model }) => model))];
  }

  #logAlarms(): void {
    for (const { link } of this.lanes) {
      const { alarm } = link;
      if (alarm && this.#logged.get(link) !== alarm.kind) this.#options.log.error({ worker: link.name, alarm: alarm.kind }, alarm.text);
      this.#logged.set(link, alarm?.kind ?? '');
    }
  }

  async #releaseExpired(): Promise<void> {
    const { ledger, log } = this.#options;
    try {
      for (const attempt of await ledger.expired()) {
        const reason = new AppError('worker_unavailable', 'The worker has not answered for too long; the recording goes on from where it was.');
        const held = this.lanes.flatMap(({ link, running }) => running.map((task) => ({ worker: link.name, task })));
        if (!(await ledger.release(attempt, reason))) continue;
        log.warn({ ...attempt }, 'a worker lost its claim on a task');
        for (const { worker, task } of held) if (task.taskId === attempt.taskId) this.errors.note(worker, task, reason);
      }
    } catch (err) {
      log.warn({ err }, 'tasks of silent workers could not be released');
    }
  }
}
