/**
 * Brings what a worker tells of a running attempt into the job store: finished windows as they come, for the checkpoint;
 * progress at most once a second, as each such write is also an event for every open page. The first news goes at once, the
 * last at the latest a second after it came.
 */
import type { Segment, WindowResult, WorkerTask, WorkerTaskEvent } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import type { Attempt, TaskLedger, TaskUpdate } from '../jobs/task-ledger.ts';

const WRITE_EVERY_MS = 1_000;
/** Segments of the last finished windows that a page shows while the task runs. */
const PREVIEW_SEGMENTS = 5;

interface ReporterOptions {
  readonly ledger: Pick<TaskLedger, 'update' | 'keepWindows'>;
  readonly attempt: Attempt;
  /** What the store holds when the attempt is taken up. */
  readonly finished: readonly WindowResult[];
  /** Called where the store refuses the attempt: it is over. */
  readonly onStale: () => void;
  readonly log: Logger;
}

export class ProgressReporter implements AsyncDisposable {
  readonly #options: ReporterOptions;
  #news: TaskUpdate | null = null;
  #preview: readonly Segment[] = [];
  #timer: NodeJS.Timeout | null = null;
  #lastWrite = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> = Promise.resolve();
  readonly #finished: WindowResult[];
  /** Finished windows that are not stored yet, in order, each as it was told last. */
  #unstored: WindowResult[] = [];
  #storing: Promise<void> | null = null;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#finished = [...options.finished];
  }

  /** The checkpoint as the store holds it: window 0 and on. */
  get finished(): readonly WindowResult[] {
    return this.#finished;
  }

  note(event: WorkerTaskEvent): void {
    if (event.type === 'window') this.#noteWindow(event.window);
    else this.#noteStatus(event.task);
  }

  /** Before an attempt ends, and its worker forgets it: everything that it has finished is stored. Rejects where it cannot be. */
  async flush(): Promise<void> {
    await this.#storing;
    await this.#storeAll();
  }

  /** Progress is dropped: an attempt that ends says itself how it ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    await this.#writing;
    await this.#storing;
  }

  #noteWindow(window: WindowResult): void {
    const { segments } = window;
    if (!this.#isStored(window)) this.#unstored = [...this.#unstored.filter(({ index }) => index < window.index), window];
    if (this.#unstored.length > 0) this.#storing ??= this.#store();
    this.#preview = [...this.#preview, ...segments].slice(-PREVIEW_SEGMENTS);
    if (this.#news) this.#news = { ...this.#news, preview: this.#preview };
    this.#schedule();
  }

  /** A worker tells again what it was given; behind a window that lies elsewhere now, what is stored goes with the old one. */
  #isStored({ index, start, end }: WindowResult): boolean {
    const stored = this.#finished[index];
    return stored?.start === start && stored.end === end && this.#unstored.every((unstored) => unstored.index > index);
  }

  /** What cannot be stored now (full disk) is tried again with the next window; the worker has it, too. */
  async #store(): Promise<void> {
    const { attempt, log } = this.#options;
    try {
      await this.#storeAll();
    } catch (err) {
      log.warn({ err, ...attempt }, 'finished windows could not be stored');
    } finally {
      this.#storing = null;
    }
  }

  async #storeAll(): Promise<void> {
    const { ledger, attempt, onStale } = this.#options;
    while (this.#unstored.length > 0) {
      const windows = this.#unstored;
      if (await ledger.keepWindows(attempt, windows)) this.#finished.splice(windows[0]?.index ?? 0, Number.POSITIVE_INFINITY, ...windows);
      else onStale();
      this.#unstored = this.#unstored.filter((window) => !windows.includes(window));
    }
  }

  #noteStatus({ state, stage, progress }: WorkerTask): void {
    if (state !== 'running') return;
    this.#news = { stage, progress, preview: this.#preview };
    this.#schedule();
  }

  #schedule(): void {
    if (!this.#news) return;
    const wait = Math.max(0, this.#lastWrite + WRITE_EVERY_MS - performance.now());
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#writing = this.#write();
    }, wait);
  }

  async #write(): Promise<void> {
    const { ledger, attempt, onStale, log } = this.#options;
    if (!this.#news) return;
    this.#lastWrite = performance.now();
    try {
      if (!(await ledger.update(attempt, this.#news))) onStale();
    } catch (err) {
      log.warn({ err, ...attempt }, 'progress could not be stored');
    }
  }
}
