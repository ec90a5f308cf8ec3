import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileFacts } from '../hub/hub.ts';

/** Both hashes that the hub may tell of a file, taken as its bytes come. */
export class Digest {
  readonly #sha256 = createHash('sha256');
  readonly #gitSha1;

  /** `size`: of the whole file; Git hashes it before the bytes. */
  constructor(size: number) {
    this.#gitSha1 = createHash('sha1').update(`blob ${size}\0`);
  }

  update(bytes: Uint8Array): void {
    this.#sha256.update(bytes);
    this.#gitSha1.update(bytes);
  }

  /** Ends the digest. The second is what the hub told, and did not fit. */
  finish({ sha256, gitSha1 }: FileFacts): { sha256: string; matches: boolean } {
    const found = this.#sha256.digest('hex');
    const foundGit = this.#gitSha1.digest('hex');
    return { sha256: found, matches: (sha256 === null || sha256 === found) && (gitSha1 === null || gitSha1 === foundGit) };
  }
}

/** The SHA-256 of a file on disk where it has the size and the hash that the hub tells; null where it is another one. */
export async function matchingSha256(file: string, facts: FileFacts): Promise<string | null> {
  const digest = new Digest(facts.size);
  let size = 0;
  for await (const chunk of createReadStream(file)) {
    digest.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  const { sha256, matches } = digest.finish(facts);
  return matches && size === facts.size ? sha256 : null;
}
