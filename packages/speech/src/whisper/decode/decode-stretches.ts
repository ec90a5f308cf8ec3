/** The decoding policy: all stretches of a batch at once, then those again that need it, one by one. */
import { throwIfCancelled } from '../../cancel.ts';
import type { DecodeSetup } from '../decode-setup.ts';
import type { Stretch } from '../stretch.ts';
import type { Hidden } from '../whisper-model.ts';
import { type Attempt, isSound } from './attempt.ts';
import { decodeRows } from './decode-rows.ts';
import { fallBack, type Variant } from './fall-back.ts';

export interface Batch {
  readonly hidden: Hidden;
  readonly stretches: readonly Stretch[];
  /** Whisper code of each stretch. */
  readonly languages: readonly string[];
  readonly signal: AbortSignal;
}

/** The best attempt for each stretch. What an attempt is does not depend on the other stretches of the batch. */
export async function decodeStretches(setup: DecodeSetup, batch: Batch, withContext = true): Promise<Attempt[]> {
  const firsts = await decodeRows(setup, { ...batch, temperature: setup.temperature, withContext });
  const attempts: Attempt[] = [];
  for (const [index, first] of firsts.entries()) {
    attempts.push(await settle(first, { setup, batch: rowOf(batch, index), withContext: withContext && setup.context.tokens.length > 0 }));
  }
  return attempts;
}

/** One stretch of a batch, as a batch. */
export const rowOf = ({ hidden, stretches, languages, signal }: Batch, index: number): Batch => ({
  signal,
  hidden: hidden.select([index]),
  stretches: stretches.slice(index, index + 1),
  languages: languages.slice(index, index + 1),
});

interface One {
  readonly setup: DecodeSetup;
  readonly batch: Batch;
  readonly withContext: boolean;
}

async function settle(first: Attempt, { setup, batch, withContext }: One): Promise<Attempt> {
  const again = async (variant: Variant, unlimited = false): Promise<Attempt> => {
    throwIfCancelled(batch.signal);
    const [attempt] = await decodeRows(setup, { ...batch, ...variant, unlimited });
    return attempt ?? first;
  };
  // Scripts of which a letter takes several tokens need more than the limit for short stretches.
  const whole = first.ended || first.loops ? first : await again({ temperature: first.temperature, withContext }, true);
  if (setup.increment === 0 || isSound(whole) || whole.silent) return whole;
  return fallBack(whole, { hasContext: withContext, increment: setup.increment }, again);
}
