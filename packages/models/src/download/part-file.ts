/** The beginning of a file that is being downloaded; it lies beside the finished ones and is continued after whatever stopped it. */
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { AppError } from '@bulk-transcribe/protocol';
import type { FileFacts } from '../hub/hub.ts';
import { Digest } from './digest.ts';

interface Note {
  /** Of which version of the file the bytes are. */
  readonly identity: string;
  /** What the server calls that version. */
  readonly validator: string;
}

export class PartFile implements AsyncDisposable {
  readonly #path: string;
  readonly #facts: FileFacts;
  readonly #identity: string;
  readonly #handle: FileHandle;
  #digest: Digest;
  #size = 0;
  #validator = '';

  private constructor(place: { path: string; handle: FileHandle }, facts: FileFacts, identity: string) {
    this.#path = place.path;
    this.#handle = place.handle;
    this.#facts = facts;
    this.#identity = identity;
    this.#digest = new Digest(facts);
  }

  /** Goes on with what lies there of the same version, from its start otherwise. */
  static async open(path: string, facts: FileFacts, commit: string): Promise<PartFile> {
    const identity = facts.sha256 ?? facts.gitSha1 ?? `${commit} ${facts.size}`;
    const note = await readNote(path);
    const part = new PartFile({ path, handle: await open(path, 'a+') }, facts, identity);
    if (note?.identity === identity) await part.#takeOver(note.validator);
    else await part.restart('');
    return part;
  }

  get size(): number {
    return this.#size;
  }

  get validator(): string {
    return this.#validator;
  }

  /** Everything anew. `validator`: what the server calls the bytes that come now. */
  async restart(validator: string): Promise<void> {
    // Cut first: bytes of another version must never stand under the new note.
    await this.#handle.truncate(0);
    await writeFile(noteOf(this.#path), JSON.stringify({ identity: this.#identity, validator } satisfies Note));
    this.#digest = new Digest(this.#facts);
    this.#size = 0;
    this.#validator = validator;
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.#handle.appendFile(bytes);
    this.#digest.update(bytes);
    this.#size += bytes.length;
  }

  /** Durable under its own name, where its hash is right: its SHA-256; null where it is not, and nothing is left of it. */
  async finish(target: string): Promise<string | null> {
    const sha256 = this.#digest.finish();
    if (sha256 === null) {
      await this.restart('');
      return null;
    }
    await this.#handle.sync();
    await this.#handle.close();
    await rename(this.#path, target);
    await rm(noteOf(this.#path), { force: true });
    return sha256;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  async #takeOver(validator: string): Promise<void> {
    this.#validator = validator;
    for await (const chunk of createReadStream(this.#path)) {
      this.#digest.update(chunk as Buffer);
      this.#size += (chunk as Buffer).length;
    }
    if (this.#size > this.#facts.size) await this.restart('');
  }
}

const noteOf = (part: string): string => `${part}.json`;

async function readNote(part: string): Promise<Note | null> {
  try {
    return JSON.parse(await readFile(noteOf(part), 'utf8')) as Note;
  } catch (cause) {
    // A half written note says nothing about the bytes: they are fetched again.
    if (cause instanceof SyntaxError || (cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new AppError('internal', `${noteOf(part)} cannot be read.`, { cause });
  }
}
