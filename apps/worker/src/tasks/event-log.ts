/**
 * What happened in one attempt of a task, numbered from 1, in memory and in a file of JSON lines.
 *
 * A `queued` status begins the work anew, so every status before it is forgotten (the numbers go on); finished windows stay,
 * each once: they are what the new run, and the next attempt, need not do again.
 * The file is written before anyone sees the event. If that fails (full disk) the event still goes out, and is written along
 * with the next one. A client that comes back with a number we do not know (killed in between) gets everything again.
 */
import { EventEmitter, once } from 'node:events';
import { appendFileSync } from 'node:fs';
import type { WindowResult, WorkerTaskEvent } from '@bulk-transcribe/protocol';
import { readJsonLines } from '@bulk-transcribe/service';
import type { Logger } from 'pino';

export interface NumberedEvent {
  readonly id: number;
  readonly event: WorkerTaskEvent;
}

export class EventLog {
  readonly #file: string;
  readonly #log: Logger;
  readonly #changes = new EventEmitter<{ change: [] }>();
  #entries: NumberedEvent[] = [];
  #windows: WindowResult[] = [];
  /** Number of the last window in #entries; beyond #windows where a full disk has left a gap. */
  #lastWindow = -1;
  #lastId = 0;
  #ended = false;
  /** Lines that a full disk refused, oldest first. What it took of the first one stands at the end of the file. */
  #unwritten: string[] = [];

  private constructor(file: string, log: Logger) {
    this.#file = file;
    this.#log = log;
    this.#changes.setMaxListeners(0);
  }

  /** Goes on with the events the disk holds. */
  static open(file: string, log: Logger): EventLog {
    const events = new EventLog(file, log);
    for (const entry of readJsonLines<NumberedEvent>(file)) if (entry.id > events.#lastId) events.#remember(entry);
    return events;
  }

  /** The newest event; undefined while there is none. */
  get last(): WorkerTaskEvent | undefined {
    return this.#entries.at(-1)?.event;
  }

  /** Finished windows from window 0 on, without a gap. */
  get windows(): readonly WindowResult[] {
    return this.#windows;
  }

  /** True where it is on disk, too. */
  append(event: WorkerTaskEvent): boolean {
    const entry = { id: this.#lastId + 1, event };
    const written = this.#write(entry);
    this.#remember(entry);
    this.#changes.emit('change');
    return written;
  }

  /** Ends all streams: after the last event of a final task, of a replaced attempt, or when the worker stops. */
  end(): void {
    this.#ended = true;
    this.#changes.emit('change');
  }

  /** The events after number `after`, then each as it happens, up to the final status. */
  async *stream(after: number, signal: AbortSignal): AsyncGenerator<NumberedEvent> {
    let seen = after > this.#lastId ? 0 : after;
    for (;;) {
      for (const entry of this.#entries.filter(({ id }) => id > seen)) {
        yield entry;
        seen = entry.id;
      }
      if (seen < this.#lastId) continue;
      if (this.#ended || signal.aborted) return;
      await once(this.#changes, 'change', { signal }).catch(() => undefined);
    }
  }

  #remember(entry: NumberedEvent): void {
    const { event } = entry;
    const state = event.type === 'status' ? event.task.state : null;
    if (state === 'queued') this.#entries = this.#entries.filter((earlier) => earlier.event.type === 'window');
    if (event.type === 'window') this.#rememberWindow(event.window);
    this.#entries.push(entry);
    this.#lastId = entry.id;
    this.#ended = state === 'succeeded' || state === 'failed' || state === 'cancelled';
  }

  /** One that was recognised anew, because it lies elsewhere now, puts those from it on out of force. */
  #rememberWindow(window: WindowResult): void {
    const { index } = window;
    if (index <= this.#lastWindow) this.#entries = this.#entries.filter(({ event }) => event.type !== 'window' || event.window.index < index);
    this.#lastWindow = index;
    this.#windows.length = Math.min(this.#windows.length, index);
    if (index === this.#windows.length) this.#windows.push(window);
  }

  #write(entry: NumberedEvent): boolean {
    const torn = this.#unwritten.length > 0;
    this.#unwritten.push(`${JSON.stringify(entry)}\n`);
    try {
      appendFileSync(this.#file, (torn ? '\n' : '') + this.#unwritten.join(''), { mode: 0o600 });
      this.#unwritten = [];
      return true;
    } catch (err) {
      this.#log.warn({ err }, 'an event could not be written to disk');
      return false;
    }
  }
}
