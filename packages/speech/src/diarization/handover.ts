/** Items from one who makes them to one who reads them, one at a time: what pushes meets what pulls. */
export class Handover<T> {
  #item: { readonly value: T } | null = null;
  #ended = false;
  #left = false;
  #wakeReader = () => {};
  #wakeGiver = () => {};

  /** Resolves when the reader asks for the next one, or has left: then there is no work of his under way. */
  async give(value: T): Promise<void> {
    if (this.#left) return;
    this.#item = { value };
    this.#wakeReader();
    await new Promise<void>((resolve) => {
      this.#wakeGiver = resolve;
    });
  }

  end(): void {
    this.#ended = true;
    this.#wakeReader();
  }

  /** For one reader. */
  async *items(): AsyncGenerator<T> {
    try {
      for (;;) {
        if (!this.#item && !this.#ended) {
          await new Promise<void>((resolve) => {
            this.#wakeReader = resolve;
          });
        }
        const item = this.#item;
        if (!item) return;
        this.#item = null;
        yield item.value;
        this.#wakeGiver();
      }
    } finally {
      this.#left = true;
      this.#wakeGiver();
    }
  }
}
