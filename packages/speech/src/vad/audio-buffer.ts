/** The samples that may still be needed; positions count from the start of the recording. */
export class AudioBuffer {
  #pieces: Float32Array[] = [];
  #start = 0;
  #end = 0;

  get end(): number {
    return this.#end;
  }

  append(samples: Float32Array): void {
    this.#pieces.push(samples);
    this.#end += samples.length;
  }

  slice(from: number, to: number): Float32Array {
    const result = new Float32Array(to - from);
    let at = this.#start;
    for (const piece of this.#pieces) {
      const first = Math.max(from, at);
      const last = Math.min(to, at + piece.length);
      if (first < last) result.set(piece.subarray(first - at, last - at), first - from);
      at += piece.length;
    }
    return result;
  }

  /** Forgets whole pieces that end before `position`. */
  dropBefore(position: number): void {
    let count = 0;
    let start = this.#start;
    for (const piece of this.#pieces) {
      if (start + piece.length > position) break;
      start += piece.length;
      count += 1;
    }
    this.#pieces.splice(0, count);
    this.#start = start;
  }
}
