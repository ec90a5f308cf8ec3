/** Weights beside a model file, where the runtime maps them into memory: a model file itself may not exceed 2 GiB. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';

/** Bytes; the runtime maps whole pages. */
const ALIGNMENT = 4096;

export interface StoredWeight {
  /** File name, beside the model file. */
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** Several models may share one file: what has been written under a name is not made again. */
export class WeightFile implements Disposable {
  readonly #location: string;
  readonly #descriptor: number;
  readonly #stored = new Map<string, StoredWeight>();
  #end = 0;

  constructor(file: string) {
    this.#location = path.basename(file);
    this.#descriptor = openSync(file, 'wx');
  }

  put(name: string, make: () => ArrayBufferView): StoredWeight {
    const known = this.#stored.get(name);
    if (known) return known;
    const { buffer, byteOffset, byteLength } = make();
    this.#write(new Uint8Array(buffer, byteOffset, byteLength));
    const stored = { location: this.#location, offset: this.#end, length: byteLength };
    this.#stored.set(name, stored);
    this.#end = Math.ceil((this.#end + byteLength) / ALIGNMENT) * ALIGNMENT;
    return stored;
  }

  #write(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#descriptor, bytes, done, bytes.length - done, this.#end + done);
  }

  /** After this the bytes are on the disk, whatever happens to the machine. */
  [Symbol.dispose](): void {
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
  }
}
