/** The input of a task: bytes that arrive in parts, each hashed, in order, and durable before they are acknowledged. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { AppError } from '@bulk-transcribe/protocol';

export interface InputPart {
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** SHA-256 of the part in hex. */
  readonly sha256: string;
}

export interface ExpectedInput {
  readonly size: number;
  /** SHA-256 of the whole in hex. */
  readonly sha256: string;
}

export class InputFile {
  readonly path: string;
  readonly #expected: ExpectedInput;
  #received: number;
  /** Hash of the bytes so far; null after a restart, until it is read from the disk again. */
  #hash: Hash | null;

  private constructor(path: string, expected: ExpectedInput, received: number) {
    this.path = path;
    this.#expected = expected;
    this.#received = received;
    this.#hash = received === 0 ? createHash('sha256') : null;
  }

  /**
   * Goes on with what the disk holds. After a crash that may be more than was acknowledged, but only bytes that were verified
   * as a part; the hash of the whole has the last word.
   */
  static async open(path: string, expected: ExpectedInput): Promise<InputFile> {
    const size = await stat(path).then(
      (found) => found.size,
      () => 0,
    );
    return new InputFile(path, expected, Math.min(size, expected.size));
  }

  get received(): number {
    return this.#received;
  }

  get complete(): boolean {
    return this.#received === this.#expected.size;
  }

  /** Stores a part behind the bytes so far. Throws input_offset, input_corrupt, invalid_request; then nothing is stored. */
  async append(part: InputPart): Promise<void> {
    this.#check(part);
    const hash = await this.#hashSoFar();
    await using file = await open(this.path, this.#received === 0 ? 'w' : 'r+', 0o600);
    await writeFully(file, part);
    await file.datasync();
    hash.update(part.bytes);
    this.#received += part.bytes.length;
  }

  /** Checks the whole against its hash. When it differs everything is thrown away: no one knows which byte is wrong. */
  async verify(): Promise<void> {
    const hash = await this.#hashSoFar();
    if (hash.copy().digest('hex') === this.#expected.sha256) return;
    await this.discard();
    throw new AppError(
      'input_corrupt',
      'All bytes have arrived, but their SHA-256 is not the one of the task. They were thrown away; send the input again.',
    );
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true });
    this.#received = 0;
    this.#hash = createHash('sha256');
  }

  #check({ offset, bytes, sha256 }: InputPart): void {
    const { size } = this.#expected;
    if (offset !== this.#received) {
      throw new AppError('input_offset', `${this.#received} of ${size} bytes have arrived; this part starts at ${offset}.`, { field: 'offset' });
    }
    if (bytes.length === 0) throw new AppError('invalid_request', 'The part is empty.');
    if (offset + bytes.length > size) throw new AppError('invalid_request', `The part goes beyond the ${size} bytes of the input.`);
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      throw new AppError('input_corrupt', `The part at ${offset} does not match its SHA-256; nothing of it was stored.`);
    }
  }

  async #hashSoFar(): Promise<Hash> {
    if (this.#hash) return this.#hash;
    const hash = createHash('sha256');
    // `end` is the last byte, inclusive.
    await pipeline(createReadStream(this.path, { start: 0, end: this.#received - 1 }), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) hash.update(chunk);
    });
    this.#hash = hash;
    return hash;
  }
}

async function writeFully(file: Awaited<ReturnType<typeof open>>, { offset, bytes }: InputPart): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}
