/** Weights beside a model file, where the runtime maps them into memory: a model file itself may not exceed 2 GiB. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { PlacedWeight, WeightStore } from './weight-store.ts';

/** Bytes; the runtime maps whole pages. */
const ALIGNMENT = 4096;

/** Several models may share one file: what has been written under a name is not made again. */
export class WeightFile implements WeightStore, Disposable {
  readonly #location: string;
  readonly #descriptor: number;
  readonly #stored = new Map<string, PlacedWeight>();
  #end = 0;

  constructor(file: string) {
    this.#location = path.basename(file);
    this.#descriptor = openSync(file, 'wx');
  }

  put(name: string, make: () => ArrayBufferView): PlacedWeight {
    const known = this.#stored.get(name);
    if (known) return known;
    const { buffer, byteOffset, byteLength } = make();
    this.#write(new Uint8Array(buffer, byteOffset, byteLength));
    const stored = { length: byteLength, fields: { dataLocation: 1, externalData: this.#entries(byteLength) } };
    this.#stored.set(name, stored);
    this.#end = Math.ceil((this.#end + byteLength) / ALIGNMENT) * ALIGNMENT;
    return stored;
  }

  #entries(length: number): { key: string; value: string }[] {
    return [
      { key: 'location', value: this.#location },
      { key: 'offset', value: String(this.#end) },
      { key: 'length', value: String(length) },
    ];
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
