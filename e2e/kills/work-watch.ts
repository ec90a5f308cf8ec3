/** What the workers log of their work: which windows were computed, and which task is in the engine. */
import { EventEmitter, once } from 'node:events';

interface Line {
  readonly msg?: string;
  readonly id?: string;
  readonly window?: number;
  readonly windows?: number;
}

export class WorkWatch extends EventEmitter<{ news: [] }> {
  /** Computations of each window, by task and number. */
  readonly #computed = new Map<string, number>();
  /** Finished windows of each task. */
  readonly #finished = new Map<string, number>();
  /** Finished windows of a task when its engine or worker was last killed. */
  readonly #hitAt = new Map<string, number>();
  #current: string | null = null;
  /** Something was killed, and no task has begun since. */
  #wasHit = false;

  readonly read = (text: string): void => {
    if (!text.startsWith('{')) return;
    const { msg, id, window, windows } = JSON.parse(text) as Line;
    if (id === undefined) return;
    if (msg === 'task begins') this.#begin(id, windows ?? 0);
    if (msg === 'window finished') this.#finish(id, window ?? 0);
    if (msg === 'task succeeded' && this.#current === id) this.#current = null;
    this.emit('news');
  };

  /** Windows that were computed, and how many of these computations were of a window that was finished already. */
  get count(): { readonly windows: number; readonly again: number } {
    const all = [...this.#computed.values()];
    return { windows: all.length, again: all.reduce((sum, times) => sum + times - 1, 0) };
  }

  /**
   * A task whose engine or worker dies twice at one place is failed on purpose, as that is what a recording that kills them
   * looks like. So the next death has to wait until the task that is at work has come further than at its last one.
   */
  get mayHit(): boolean {
    const { id, finished } = this.#at();
    return id === null || finished > (this.#hitAt.get(id) ?? -1);
  }

  /** What is read here may be old news by then: where the task really died, its next beginning tells. */
  noteHit(): void {
    this.#wasHit = true;
    const { id, finished } = this.#at();
    if (id !== null) this.#hitAt.set(id, finished);
  }

  async next(signal: AbortSignal): Promise<void> {
    await once(this, 'news', { signal });
  }

  #at(): { id: string | null; finished: number } {
    return { id: this.#current, finished: this.#current === null ? 0 : (this.#finished.get(this.#current) ?? 0) };
  }

  #begin(id: string, windows: number): void {
    this.#current = id;
    this.#finished.set(id, windows);
    if (this.#wasHit) this.#hitAt.set(id, windows);
    this.#wasHit = false;
  }

  #finish(id: string, window: number): void {
    const key = `${id} ${window}`;
    this.#computed.set(key, (this.#computed.get(key) ?? 0) + 1);
    this.#finished.set(id, window + 1);
  }
}
