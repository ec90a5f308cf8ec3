/** Hashes a file in a thread of its own, piece by piece: a recording may be larger than memory, and the page must not stutter. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { HashAnswer } from './hash-file.ts';

addEventListener('message', ({ data }: MessageEvent<File>) => {
  hash(data).then(answer, () => answer({ type: 'unreadable' }));
});

const answer = (message: HashAnswer): void => postMessage(message);

async function hash(file: File): Promise<HashAnswer> {
  const state = sha256.create();
  let done = 0;
  const reader = file.stream().getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    state.update(piece.value);
    done += piece.value.length;
    answer({ type: 'progress', done });
  }
  return { type: 'hashed', sha256: bytesToHex(state.digest()) };
}
