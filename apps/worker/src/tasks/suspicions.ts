/**
 * Whose fault it is that the engine died. Whatever was in it is a suspect, and goes alone until it has succeeded: so no other one
 * suffers, and what happens next is its own doing. Two deaths with it alone, at the same place, are no chance.
 */
export class Suspicions {
  /** Ids of tasks. */
  readonly #suspects: Set<string>;
  /** Finished windows of a task when the engine last died with it alone. */
  readonly #places = new Map<string, number>();
  /** Those whose engine is dying, and why: with others, or for another one's sake. */
  readonly #dying = new Map<string, 'with others' | 'for another'>();

  /** `suspects`: the worker itself died with them. */
  constructor(suspects: Iterable<string>) {
    this.#suspects = new Set(suspects);
  }

  /** It must not be in the engine together with others. */
  isSuspect(id: string): boolean {
    return this.#suspects.has(id);
  }

  /** A new engine, perhaps: what happened to the former one is settled. */
  begins(id: string): void {
    this.#dying.delete(id);
  }

  /** The engine is about to be ended because of `culprit`: no other is to be suspected of that. */
  diesFor(culprit: string, aboard: readonly string[]): void {
    for (const id of aboard) if (id !== culprit) this.#dying.set(id, 'for another');
  }

  /**
   * The engine has died with `id`, which had finished `place` windows. True where it is the fault of `id`, beyond doubt. Each of
   * those aboard is asked about in turn, and may have left before the next one is.
   */
  convicts(id: string, { aboard, place }: { aboard: readonly string[]; place: number }): boolean {
    if (aboard.length > 1 && !this.#dying.has(id)) for (const other of aboard) this.#dying.set(other, 'with others');
    const why = this.#dying.get(id);
    if (why === 'for another') return false;
    this.#suspects.add(id);
    if (why === 'with others') return false;
    const isConvicted = this.#places.get(id) === place;
    // Another attempt has two chances again.
    if (isConvicted) this.#places.delete(id);
    else this.#places.set(id, place);
    return isConvicted;
  }

  /** It has succeeded. */
  clear(id: string): void {
    this.#suspects.delete(id);
    this.#places.delete(id);
  }
}
