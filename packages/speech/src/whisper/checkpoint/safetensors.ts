/**
 * Safetensors: 8 bytes with the length of a JSON header, the header, then the numbers of all tensors without a hole.
 * A file comes from anywhere, so nothing of it is believed before it has been checked.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { damaged } from './damaged.ts';
import { isCount, isObject } from './json-file.ts';

const LENGTH_BYTES = 8;
/** Limit of the format's own implementation, bytes. */
const LONGEST_HEADER = 100_000_000;
const SIZES: Readonly<Record<string, number>> = { F16: 2, BF16: 2, F32: 4, F64: 8, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 };

export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly start: number;
  readonly end: number;
}

export class SafetensorsFile implements Disposable {
  readonly name: string;
  readonly entries: ReadonlyMap<string, TensorEntry>;
  readonly #descriptor: number;

  constructor(file: string) {
    this.name = path.basename(file);
    this.#descriptor = this.#open(file);
    try {
      this.entries = this.#readHeader();
    } catch (cause) {
      closeSync(this.#descriptor);
      throw cause;
    }
  }

  /** All numbers of a tensor as float32. */
  read(tensor: string): Float32Array {
    const entry = this.entries.get(tensor);
    if (!entry) throw damaged(this.name, `it has no tensor ${tensor}`);
    const bytes = this.#bytes(entry.start, entry.end - entry.start);
    if (entry.dtype === 'F32') return new Float32Array(bytes);
    if (entry.dtype === 'F16') return new Float32Array(new Float16Array(bytes));
    if (entry.dtype === 'BF16') return fromBfloat16(new Uint16Array(bytes));
    throw damaged(this.name, `the tensor ${tensor} has the type ${entry.dtype}; F32, F16 and BF16 can be used`);
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }

  #open(file: string): number {
    try {
      return openSync(file, 'r');
    } catch (cause) {
      throw damaged(this.name, 'it cannot be read', cause);
    }
  }

  #readHeader(): Map<string, TensorEntry> {
    const status = fstatSync(this.#descriptor);
    if (!status.isFile()) throw damaged(this.name, 'it is no file');
    const { size } = status;
    if (size < LENGTH_BYTES) throw damaged(this.name, 'it is too short');
    const length = Number(new DataView(this.#bytes(0, LENGTH_BYTES)).getBigUint64(0, true));
    const dataStart = LENGTH_BYTES + length;
    if (length > LONGEST_HEADER || dataStart > size) throw damaged(this.name, `its header claims ${length} bytes`);
    const header = this.#parse(Buffer.from(this.#bytes(LENGTH_BYTES, length)).toString('utf8'));
    const entries = new Map<string, TensorEntry>();
    for (const [name, value] of Object.entries(header)) if (name !== '__metadata__') entries.set(name, this.#entryOf(name, value, dataStart));
    this.#checkLayout(entries, { dataStart, size });
    return entries;
  }

  #parse(text: string): Readonly<Record<string, unknown>> {
    try {
      const header: unknown = JSON.parse(text);
      if (isObject(header)) return header;
    } catch (cause) {
      throw damaged(this.name, 'its header is no JSON', cause);
    }
    throw damaged(this.name, 'its header is no JSON object');
  }

  #entryOf(name: string, value: unknown, dataStart: number): TensorEntry {
    const { dtype, shape, data_offsets: offsets } = isObject(value) ? value : {};
    if (typeof dtype !== 'string' || !isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
      throw damaged(this.name, `its header says nothing usable about ${name}`);
    }
    const [from = 0, to = 0] = offsets;
    const wanted = shape.reduce((product, size) => product * size, SIZES[dtype] ?? Number.NaN);
    if (to - from !== wanted) throw damaged(this.name, `${name} has ${to - from} bytes, its type ${dtype} and shape [${shape}] want ${wanted}`);
    return { dtype, shape, start: dataStart + from, end: dataStart + to };
  }

  /** The tensors follow each other from the header to the end of the file: no overlap, no hole, nothing cut off. */
  #checkLayout(entries: ReadonlyMap<string, TensorEntry>, { dataStart, size }: { dataStart: number; size: number }): void {
    let end = dataStart;
    for (const [name, entry] of [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end)) {
      if (entry.start !== end) throw damaged(this.name, `${name} ${entry.start < end ? 'overlaps another tensor' : 'leaves a hole before it'}`);
      end = entry.end;
    }
    if (end !== size) throw damaged(this.name, `its tensors end at byte ${end}, the file at ${size}`);
  }

  #bytes(position: number, length: number): ArrayBuffer {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const read = this.#readSome(bytes.subarray(done), position + done);
      if (read === 0) throw damaged(this.name, 'it became shorter while it was read');
      done += read;
    }
    return bytes.buffer;
  }

  #readSome(into: Uint8Array, position: number): number {
    try {
      return readSync(this.#descriptor, into, 0, into.length, position);
    } catch (cause) {
      throw damaged(this.name, 'it cannot be read', cause);
    }
  }
}

const isCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);

/** bfloat16 is the upper half of a float32. */
function fromBfloat16(halves: Uint16Array): Float32Array {
  const wide = new Uint32Array(halves.length);
  for (let index = 0; index < halves.length; index += 1) wide[index] = (halves[index] ?? 0) << 16;
  return new Float32Array(wide.buffer);
}
