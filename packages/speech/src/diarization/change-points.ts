/** Where one speaker gives way to another without a pause: the strongest evidence within a tenth of a second. */

/** Share of windows that must see it. */
const SHARE = 0.5;
/** Frames on either side: evidence this near is of one change. */
const TOLERANCE = 6;

/** Takes frames in order; each is decided once those after it are known. */
export class ChangePoints {
  readonly #change: number[] = [];
  readonly #seen: number[] = [];
  /** Index, in the arrays, of the next frame to decide: what is before it is kept to compare with. */
  #next = 0;

  /** The frames that can now be decided: 1 at a change. */
  add(change: Float64Array, seen: Float64Array): Uint8Array {
    this.#change.push(...change);
    this.#seen.push(...seen);
    return this.#decide(this.#change.length - TOLERANCE);
  }

  /** The last ones. */
  finish(): Uint8Array {
    return this.#decide(this.#change.length);
  }

  #decide(end: number): Uint8Array {
    const points = new Uint8Array(Math.max(0, end - this.#next));
    for (let index = 0; index < points.length; index += 1) points[index] = this.#isPoint(this.#next + index) ? 1 : 0;
    this.#next += points.length;
    const done = Math.max(0, this.#next - TOLERANCE);
    this.#change.splice(0, done);
    this.#seen.splice(0, done);
    this.#next -= done;
    return points;
  }

  #isPoint(frame: number): boolean {
    if ((this.#change[frame] ?? 0) < SHARE || (this.#seen[frame] ?? 0) <= 0) return false;
    let strongest = 0;
    for (let near = frame - TOLERANCE; near <= frame + TOLERANCE; near += 1) strongest = Math.max(strongest, this.#strength(near));
    return this.#strength(frame) >= strongest - 1e-9;
  }

  #strength(frame: number): number {
    return (this.#change[frame] ?? 0) * (this.#seen[frame] ?? 0);
  }
}
