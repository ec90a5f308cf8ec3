import { writeSync } from 'node:fs';

/** Two seconds: few system calls, and still little memory. */
const BUFFER_BYTES = 128 * 1024;

/** Collects small pieces and writes them to a pipe in large ones. Blocks while the pipe is full. */
export class SampleWriter {
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);
  #filled = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(bytes: Buffer): void {
    if (this.#filled + bytes.length > BUFFER_BYTES) this.end();
    if (bytes.length > BUFFER_BYTES) {
      writeAll(this.#fd, bytes);
      return;
    }
    this.#buffer.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }

  /** Writes what is still collected. */
  end(): void {
    writeAll(this.#fd, this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }
}

function writeAll(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}
