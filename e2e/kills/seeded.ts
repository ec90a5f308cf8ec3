import { createHash } from 'node:crypto';

/** Numbers that a seed decides, from 0 up to but not including 1 (SHA-256 of seed and counter: good enough to choose by). */
export function seeded(seed: number): () => number {
  let count = 0;
  return () => createHash('sha256').update(`${seed} ${count++}`).digest().readUInt32BE(0) / 2 ** 32;
}
