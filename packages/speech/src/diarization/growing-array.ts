/** A typed array to add to, which doubles its room as it fills. */
export class GrowingArray<T extends Float32Array | Uint8Array> {
  #room: T;
  #length = 0;
  readonly #create: (length: number) => T;

  constructor(create: (length: number) => T) {
    this.#create = create;
    this.#room = create(1024);
  }

  get length(): number {
    return this.#length;
  }

  add(values: ArrayLike<number>): void {
    const end = this.#length + values.length;
    if (end > this.#room.length) {
      const larger = this.#create(Math.max(end, 2 * this.#room.length));
      larger.set(this.#room.subarray(0, this.#length));
      this.#room = larger;
    }
    this.#room.set(values, this.#length);
    this.#length = end;
  }

  /** All values, without a copy: valid until more are added. */
  view(): T {
    return this.#room.subarray(0, this.#length) as T;
  }

  /** All values, in an array of their own. */
  toArray(): T {
    return this.#room.slice(0, this.#length) as T;
  }
}
