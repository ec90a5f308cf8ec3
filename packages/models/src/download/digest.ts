import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileFacts } from '../hub/hub.ts';

/** The hashes of a file, taken as its bytes come: SHA-256 always, Git's where the hub tells that one. */
export class Digest {
  readonly #facts: FileFacts;
  readonly #sha256 = createHash('sha256');
  readonly #gitSha1: Hash | null;

  constructor(facts: FileFacts) {
    this.#facts = facts;
    // Git hashes kind and size before the bytes.
    this.#gitSha1 = facts.gitSha1 === null ? null : createHash('sha1').update(`blob ${facts.size}\0`);
  }

  update(bytes: Uint8Array): void {
    this.#sha256.update(bytes);
    this.#gitSha1?.update(bytes);
  }

  /** Ends the digest: the file's SHA-256, null where it or Git's hash is not what the hub tells. */
  finish(): string | null {
    const { sha256, gitSha1 } = this.#facts;
    const found = this.#sha256.digest('hex');
    const matches = (sha256 === null || sha256 === found) && (this.#gitSha1 === null || this.#gitSha1.digest('hex') === gitSha1);
    return matches ? found : null;
  }
}

/** The SHA-256 of a file on disk where it has the size and the hash that the hub tells; null where it is another one. */
export async function matchingSha256(file: string, facts: FileFacts): Promise<string | null> {
  const digest = new Digest(facts);
  let size = 0;
  for await (const chunk of createReadStream(file)) {
    digest.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return size === facts.size ? digest.finish() : null;
}
