import { longRecording } from '../media.ts';

/** Recordings of several lengths: which one a transcript belongs to shows in it. */
const VARIANTS = 5;

export const variantOf = (n: number): number => n % VARIANTS;
export const variants: readonly number[] = Array.from({ length: VARIANTS }, (_, variant) => variant);

/** Recording number `n`, of about `times` × 11 s. No two have the same bytes: an ID3v1 tag behind the sound says its number. */
export function numberedRecording(n: number, times: number): Buffer {
  const tag = Buffer.alloc(128);
  tag.write(`TAGrecording ${n}`, 'latin1');
  return Buffer.concat([longRecording(times + variantOf(n)), tag]);
}
