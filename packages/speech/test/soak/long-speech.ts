/** Hours of speech as one recording, from a few real ones: the same for the same seed. */
import { open } from 'node:fs/promises';
import { RATE, random, toPcm, wavHeader } from '../media.ts';

export interface LongSpeech {
  /** Real speech, 16 kHz mono. */
  readonly sources: readonly Float32Array[];
  readonly seconds: number;
  readonly seed: number;
}

/** Seconds between two pieces, at most. */
const LONGEST_PAUSE = 3;

/** Pieces in random order, each at a loudness of its own, with pauses between them. Written piece by piece: no more than one is in memory. */
export async function writeLongSpeech(file: string, { sources, seconds, seed }: LongSpeech): Promise<string> {
  const next = random(seed);
  const total = Math.round(seconds * RATE);
  await using handle = await open(file, 'w');
  await handle.write(wavHeader(total));
  for (let done = 0; done < total; ) {
    const source = sources[Math.floor(next() * sources.length)] ?? new Float32Array(RATE);
    const loudness = 10 ** (-next() / 2);
    const piece = new Float32Array(Math.min(total - done, source.length + Math.round(LONGEST_PAUSE * next() * RATE)));
    piece.set(source.subarray(0, piece.length).map((sample) => loudness * sample));
    await handle.write(toPcm(piece));
    done += piece.length;
  }
  return file;
}
