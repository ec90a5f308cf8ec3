/**
 * A text that loops or is improbable is decoded again, on the hidden states already there. Measured on hard audio, the
 * chain that stops at the first acceptable text ends in invented ones: so the best attempt wins, not the last, and
 * temperatures above 0.4 are only tried while everything so far loops.
 */
import { type Attempt, best, isSound } from './attempt.ts';

export interface Variant {
  readonly temperature: number;
  readonly withContext: boolean;
}

export interface Chain {
  readonly hasContext: boolean;
  /** From one temperature to the next; above 0. */
  readonly increment: number;
}

const GENTLE = 0.4;
const HOTTEST = 1;
/** Sums of 0.2 and the like are not exact. */
const NEARLY = 1e-6;

/** `decode` is asked one variant after the other, as long as none is sound. Returns the best attempt, `first` among them. */
export async function fallBack(first: Attempt, chain: Chain, decode: (variant: Variant) => Promise<Attempt>): Promise<Attempt> {
  const attempts: [Attempt, ...Attempt[]] = [first];
  const settled = () => attempts.some((attempt) => isSound(attempt) || attempt.silent);
  for (const variant of variants(first.temperature, chain)) {
    if (settled()) break;
    if (variant.temperature > GENTLE && !attempts.every(({ loops }) => loops)) break;
    attempts.push(await decode(variant));
  }
  return best(attempts);
}

/** A prompt may itself be what misleads: without it comes first, and from then on it is left out. */
function variants(from: number, { hasContext, increment }: Chain): Variant[] {
  const steps = Math.floor((HOTTEST - from) / increment + NEARLY);
  const hotter = Array.from({ length: steps }, (_, step) => Number((from + (step + 1) * increment).toFixed(4)));
  return [...(hasContext ? [from] : []), ...hotter].map((temperature) => ({ temperature, withContext: false }));
}
