/** The wire format of protocol buffers: varints, fixed words and length-delimited bytes. */

/** 64-bit integers: a number where that is exact. */
export type Int = number | bigint;

export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

export class WireWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  varint(value: Int): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    const room = this.#reserve(10);
    while (rest > 127n) {
      room[this.#length] = Number(rest & 127n) | 128;
      this.#length += 1;
      rest >>= 7n;
    }
    room[this.#length] = Number(rest);
    this.#length += 1;
  }

  tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  float(value: number): void {
    const room = this.#reserve(4);
    new DataView(room.buffer).setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  /** As they are, without a length in front. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length).set(bytes, this.#length);
    this.#length += bytes.length;
  }

  delimited(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(more: number): Uint8Array<ArrayBuffer> {
    if (this.#length + more > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}

/** Reads a message from its bytes. Throws a RangeError where it is cut short or no such message. */
export class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  get position(): number {
    return this.#at;
  }

  /** Signed 64 bit. */
  varint(): Int {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new RangeError('the message is cut short');
      this.#at += 1;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return exact(BigInt.asIntN(64, value));
    }
    throw new RangeError('a number has more than 64 bits');
  }

  float(): number {
    const bytes = this.take(4);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
  }

  delimited(): Uint8Array {
    return this.take(Number(this.varint()));
  }

  take(length: number): Uint8Array {
    if (length < 0 || length > this.#bytes.length - this.#at) throw new RangeError('the message is cut short');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  skip(wireType: number): void {
    if (wireType === wireTypes.varint) this.varint();
    else if (wireType === wireTypes.fixed64) this.take(8);
    else if (wireType === wireTypes.fixed32) this.take(4);
    else if (wireType === wireTypes.bytes) this.delimited();
    else throw new RangeError(`wire type ${wireType} is unknown`);
  }

  slice(from: number): Uint8Array {
    return this.#bytes.subarray(from, this.#at);
  }
}

const exact = (value: bigint): Int => (value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value);
