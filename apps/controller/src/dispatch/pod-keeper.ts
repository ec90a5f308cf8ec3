/**
 * Keeps pods while they are needed: as long as uploads run, tasks wait that a pod would take, or somebody asked for it. Each
 * hold lasts a minute at most, so a controller that is gone keeps nobody.
 */
import { MAX_HOLD_MS } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import type { TaskLedger } from '../jobs/task-ledger.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Lane } from './lane.ts';
import { suits, willSuit } from './routing.ts';

/** Three chances within a hold. */
const HOLD_EVERY_MS = MAX_HOLD_MS / 3;
const ANSWER_MS = 10_000;

/** Now, or once its model is there. */
const serves: typeof suits = (...what) => suits(...what) || willSuit(...what);

export interface PodKeeperOptions {
  readonly dispatcher: Dispatcher;
  readonly ledger: Pick<TaskLedger, 'waitingKinds'>;
  /** Whether bytes of recordings come in. */
  readonly uploading: () => Promise<boolean>;
  readonly log: Logger;
  readonly everyMs?: number | undefined;
}

export class PodKeeper {
  readonly #options: PodKeeperOptions;
  readonly #closing = new AbortController();
  readonly #holding: NodeJS.Timeout;
  /** Until when somebody wants a worker kept, by its name. */
  readonly #kept = new Map<string, Date>();

  constructor(options: PodKeeperOptions) {
    this.#options = options;
    this.#holding = setInterval(() => void this.#hold(), options.everyMs ?? HOLD_EVERY_MS);
  }

  close(): void {
    clearInterval(this.#holding);
    this.#closing.abort();
  }

  /** Whatever happens, until then: asked for at once, so that a pod about to end stays. */
  async keep(lane: Lane, until: Date): Promise<void> {
    this.#kept.set(lane.link.name, until);
    if (until > new Date()) await this.#ask(lane);
  }

  /** Null where nobody has asked for it, or that time is over. */
  keptUntil(name: string): Date | null {
    const until = this.#kept.get(name);
    return until && until > new Date() ? until : null;
  }

  async #hold(): Promise<void> {
    const { dispatcher, ledger, uploading, log } = this.#options;
    try {
      const isUploading = await uploading();
      const kinds = await ledger.waitingKinds();
      const { fleet } = dispatcher;
      const needed = (lane: Lane): boolean =>
        isUploading || this.keptUntil(lane.link.name) !== null || kinds.some((kind) => serves(lane.candidate, kind, fleet));
      const lanes = dispatcher.lanes.filter((lane) => lane.link.remote && !lane.retired && lane.link.lastPing !== null && needed(lane));
      await Promise.all(lanes.map((lane) => this.#ask(lane)));
    } catch (err) {
      log.warn({ err }, 'it could not be told whether pods are needed');
    }
  }

  async #ask({ link }: Lane): Promise<void> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(ANSWER_MS)]);
    await link.client
      ?.hold(MAX_HOLD_MS, signal)
      .catch((err: unknown) => this.#options.log.debug({ err, worker: link.name }, 'a hold did not arrive'));
  }
}
