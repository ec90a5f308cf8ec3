/** Of processes that are gone: everyone has heard of a death long before so many more. */
const KEPT = 10;

/**
 * Which tasks a worker is at work on, process by process, as its events tell: so that it is known who was in one that died, even
 * when each of them hears of the death at another moment.
 */
export class Crews {
  /** Ids of tasks by instance, the newest last. */
  readonly #crews = new Map<string, Set<string>>();

  note(instance: string | null, taskId: string, isAtWork: boolean): void {
    if (instance === null) return;
    const crew = this.#crews.get(instance) ?? new Set();
    this.#crews.set(instance, crew);
    if (isAtWork) crew.add(taskId);
    else crew.delete(taskId);
    for (const oldest of this.#crews.keys()) if (this.#crews.size > KEPT) this.#crews.delete(oldest);
  }

  /** Those at work there, as far as it has told: at its death, where it is gone. */
  of(instance: string | null): ReadonlySet<string> {
    return this.#crews.get(instance ?? '') ?? new Set();
  }
}
