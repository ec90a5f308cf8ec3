/**
 * A text that loops or is improbable is decoded again, on the hidden states already there. Measured on hard audio, the
 * chain that stops at the first acceptable text ends in invented ones: so the best attempt wins, not the last, and
 * temperatures above 0.4 are only tried while everything so far loops.
 */
import { type Attempt, best, isSilent, isSound, loops } from './attempt.ts';

export interface Variant {
  readonly temperature: number;
  readonly withContext: boolean;
}

const GENTLE = [0.2, 0.4] as const;
const WILD = [0.6, 0.8, 1] as const;

/** `decode` is asked one variant after the other, as long as none is sound. Returns the best attempt, `first` among them. */
export async function fallBack(first: Attempt, hasContext: boolean, decode: (variant: Variant) => Promise<Attempt>): Promise<Attempt> {
  const attempts: [Attempt, ...Attempt[]] = [first];
  const settled = () => attempts.some((attempt) => isSound(attempt) || isSilent(attempt));
  for (const variant of variants(hasContext, first.temperature)) {
    if (settled()) break;
    if (variant.temperature > Math.max(...GENTLE) && !attempts.every(loops)) break;
    attempts.push(await decode(variant));
  }
  return best(attempts);
}

/** A prompt may itself be what misleads: without it comes first, and from then on it is left out. */
function variants(hasContext: boolean, from: number): Variant[] {
  const hotter = [...GENTLE, ...WILD].filter((temperature) => temperature > from);
  return [...(hasContext ? [from] : []), ...hotter].map((temperature) => ({ temperature, withContext: false }));
}
