/**
 * Brings what a worker tells of a running attempt into the job store, at most once a second: each write is a transaction
 * and an event for every open page. The first news goes at once, the last at the latest a second after it came.
 */
import type { Segment, WindowResult, WorkerTask, WorkerTaskEvent } from '@bulk-transcribe/protocol';
import type { Logger } from 'pino';
import type { Attempt, TaskLedger, TaskUpdate } from '../jobs/task-ledger.ts';

const WRITE_EVERY_MS = 1_000;
/** Segments of the last finished windows that a page shows while the task runs. */
const PREVIEW_SEGMENTS = 5;

interface ReporterOptions {
  readonly ledger: Pick<TaskLedger, 'update'>;
  readonly attempt: Attempt;
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

  constructor(options: ReporterOptions) {
    this.#options = options;
  }

  note(event: WorkerTaskEvent): void {
    if (event.type === 'window') this.#noteWindow(event.window);
    else this.#noteStatus(event.task);
  }

  /** Drops what is not written yet: an attempt that ends says how it ended itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    await this.#writing;
  }

  #noteWindow({ segments }: WindowResult): void {
    this.#preview = [...this.#preview, ...segments].slice(-PREVIEW_SEGMENTS);
    if (this.#news) this.#news = { ...this.#news, preview: this.#preview };
    this.#schedule();
  }

  #noteStatus({ state, stage, progress }: WorkerTask): void {
    // A worker that was restarted begins the recording anew.
    if (state === 'queued') this.#preview = [];
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
