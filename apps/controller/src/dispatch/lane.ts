/**
 * One worker's work: tells it what is over, fills its free slots, renews its claims while it answers. One that is retired
 * takes nothing new and ends when what it has is over.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, SPEAKERS, type Transcript } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import type { TaskKind } from '../jobs/task-kind.ts';
import type { Attempt, Choice, ClaimedTask, TaskLedger } from '../jobs/task-ledger.ts';
import type { WakeUp } from '../jobs/wake-ups.ts';
import { unfitBecause } from '../workers/fitness.ts';
import type { WorkerLink } from '../workers/worker-link.ts';
import { Crews } from './crews.ts';
import { ModelRequests } from './model-requests.ts';
import type { RecentErrors } from './recent-errors.ts';
import type { Candidate } from './routing.ts';
import { type RunParts, runTask } from './run-task.ts';
import { settle } from './settle.ts';
import { Throughput } from './throughput.ts';

/** A look without being woken: for attempts whose backoff is over. As often as pg-boss's own workers look. */
const LOOK_EVERY_MS = 2_000;
/** Pause before an attempt whose end could not be stored is taken up again. */
const STORE_AGAIN_MS = 2_000;

export interface LaneParts extends Pick<RunParts, 'recordingPath' | 'observer'> {
  readonly ledger: TaskLedger;
  readonly log: Logger;
  readonly errors: RecentErrors;
  readonly heartbeatMs: number;
  /** Aborts when the controller closes. */
  readonly closing: AbortSignal;
  readonly choose: (lane: Lane) => Choice;
  /** Models that tasks wait for, and that would come to this worker if it had them. */
  readonly lacking: (lane: Lane) => Promise<string[]>;
  /** A slot became free or was taken: what others may take has changed. */
  readonly onTurn: () => void;
}

type Runs = Map<string, { readonly attempt: ClaimedTask; readonly done: Promise<void> }>;

const keyOf = ({ taskId, attempt }: Attempt): string => `${taskId} ${attempt}`;

export class Lane {
  readonly link: WorkerLink;
  /** Resolves when nothing is left to do: after `retire`, or when the controller closes. */
  readonly ended: Promise<void>;
  readonly #parts: LaneParts;
  readonly #runs: Runs = new Map();
  readonly #requests: ModelRequests;
  readonly #wake: WakeUp;
  readonly throughput = new Throughput();
  readonly #crews = new Crews();
  #retired = false;
  #over = false;

  constructor(link: WorkerLink, parts: LaneParts) {
    this.link = link;
    this.#parts = parts;
    this.#requests = new ModelRequests(link, parts.log);
    this.#wake = parts.ledger.whenQueued();
    this.ended = this.#serve();
  }

  get retired(): boolean {
    return this.#retired;
  }

  get free(): number {
    return this.#retired ? 0 : Math.max(0, (this.link.ping?.slots.total ?? 0) - this.#runs.size);
  }

  /** What routing decides by. */
  get candidate(): Candidate {
    const { ping, worker, remote, name, message, pending } = this.link;
    const unfit = ping ? unfitBecause(ping) : '';
    return {
      ...{ remote, pending, free: this.free },
      worker: worker ?? { name, device: 'cpu' },
      gpu: ping?.gpu ?? false,
      usable: ping !== null && unfit === '',
      message: unfit || message,
      models: [...(ping?.models ?? []).map(({ id }) => id), ...(ping?.diarization ? [SPEAKERS] : [])],
      preparing: this.#requests.preparing,
    };
  }

  get running(): readonly ClaimedTask[] {
    return [...this.#runs.values()].map(({ attempt }) => attempt);
  }

  /** The kinds of tasks at work here that were to go to a remote worker. */
  get elsewhere(): readonly TaskKind[] {
    return this.running.flatMap(({ worker, hearing, options: { model } }) => (worker?.why && !hearing ? [{ compute: 'auto', model }] : []));
  }

  /** Too late to come back. */
  get over(): boolean {
    return this.#over;
  }

  retire(retired = true): void {
    this.#retired = retired;
    this.ring();
  }

  ring(): void {
    this.#wake.ring();
  }

  async #serve(): Promise<void> {
    const { closing, heartbeatMs, onTurn } = this.#parts;
    const ring = (): void => this.ring();
    using _wake = this.#wake;
    this.link.on('change', onTurn);
    const looking = setInterval(ring, LOOK_EVERY_MS);
    const beating = setInterval(() => void this.#renew(), heartbeatMs);
    await this.#takeUp();
    while (!closing.aborted) {
      await this.#turn();
      this.#over = this.#retired && this.#runs.size === 0;
      if (this.#over) break;
      await this.#wake.next(closing).catch(() => undefined);
    }
    clearInterval(looking);
    clearInterval(beating);
    this.link.off('change', onTurn);
    await Promise.all([...this.#runs.values()].map(({ done }) => done));
  }

  /** What this worker had when the controller ended. What cannot be read now loses its lease, and comes back that way. */
  async #takeUp(): Promise<void> {
    const { ledger, log } = this.#parts;
    try {
      for (const task of await ledger.inFlight(this.link.name)) this.#begin(task);
    } catch (err) {
      log.error({ err, worker: this.link.name }, 'the tasks that the worker had could not be read');
    }
    await this.#renew({ asNew: true });
  }

  #begin(task: ClaimedTask): void {
    const { onTurn } = this.#parts;
    const done = this.#run(task).finally(() => {
      this.#runs.delete(keyOf(task));
      onTurn();
    });
    this.#runs.set(keyOf(task), { attempt: task, done });
  }

  /** For a worker that answers. `asNew`: one that may still be starting gets as long as any other. */
  async #renew({ asNew = false } = {}): Promise<void> {
    const { ledger, log } = this.#parts;
    if (!this.link.ping && !asNew) return;
    await ledger.renew(this.running).catch((err: unknown) => log.warn({ err, worker: this.link.name }, 'no heartbeat could be stored'));
  }

  /** Tells the worker what is over, fills its free slots, asks for the models that it lacks. */
  async #turn(): Promise<void> {
    const { ledger, log, closing: signal, choose, lacking, onTurn } = this.#parts;
    const { link } = this;
    try {
      await settle({ ledger, link, log, signal, busy: (attempt) => this.#runs.has(keyOf(attempt)) });
      while (!signal.aborted && link.worker && this.free > 0) {
        const task = await ledger.claim(link.worker, choose(this));
        if (!task) break;
        this.#begin(task);
        if (this.free === 0) onTurn();
      }
      const models = await lacking(this);
      if (link.remote && link.ping && !this.#retired) await this.#requests.ask(models, signal);
    } catch (err) {
      log.error({ err, worker: link.name }, 'no task could be dispatched');
    }
  }

  async #run(task: ClaimedTask): Promise<void> {
    const { ledger, closing, observer, errors } = this.#parts;
    const over = new AbortController();
    const signal = AbortSignal.any([closing, over.signal]);
    using stopped = ledger.whenStopped(task.taskId);
    const watching = abortWhenStopped(stopped, over);
    const succeeded = (transcript: Transcript): void => {
      this.throughput.note(transcript);
      observer.succeeded(transcript);
    };
    const failed = (error: AppError): void => {
      errors.note(this.link.name, task, error);
      observer.failed(error);
    };
    try {
      const heard = { succeeded, failed };
      await this.#untilStored(task, { ...this.#parts, observer: heard, link: this.link, crews: this.#crews, signal });
    } finally {
      over.abort(new AppError('stale_attempt', 'The attempt is over.'));
      await watching;
    }
  }

  /** Where the end of the attempt cannot be stored (full disk) it is taken up again, or the task would run for ever. */
  async #untilStored(task: ClaimedTask, parts: RunParts): Promise<void> {
    const { ledger, log, signal } = parts;
    while (!signal.aborted) {
      try {
        if (await ledger.holds(task)) await runTask(task, parts);
        return;
      } catch (err) {
        log.error({ err, taskId: task.taskId }, 'the end of an attempt could not be stored; it is taken up again soon');
      }
      await delay(STORE_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function abortWhenStopped(stopped: WakeUp, over: AbortController): Promise<void> {
  try {
    await stopped.next(over.signal);
    over.abort(new AppError('cancelled', 'The task was cancelled.'));
  } catch {
    // The attempt ended by itself.
  }
}
