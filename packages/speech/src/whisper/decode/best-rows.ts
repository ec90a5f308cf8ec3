/** Sampled texts differ from draw to draw: of several, the best one of each window is kept. */

import type { DecodeSetup } from '../decode-setup.ts';
import { likelihood } from '../likelihood.ts';
import type { DecodedRow, DecodeRequest, Hidden } from '../whisper-model.ts';

type Sampling = Pick<DecodeSetup, 'model' | 'bestOf' | 'lengthPenalty'>;
type Request = DecodeRequest & { readonly seed: readonly number[] };

/** One row per window. One decoding after the other: memory does not grow. */
export async function bestRows({ model, bestOf, lengthPenalty }: Sampling, hidden: Hidden, request: Request): Promise<DecodedRow[]> {
  let best = await model.decode(hidden, request);
  for (let sample = 1; sample < bestOf && request.temperature > 0; sample += 1) {
    const next = await model.decode(hidden, { ...request, seed: request.seed.map((seed) => seed + sample) });
    best = best.map((row, index) => better(row, next[index] ?? row, lengthPenalty));
  }
  return best;
}

function better(a: DecodedRow, b: DecodedRow, lengthPenalty: number | null): DecodedRow {
  const rank = ({ sumLogProb, tokens }: DecodedRow) => likelihood(sumLogProb, tokens.length, lengthPenalty);
  return rank(b) > rank(a) ? b : a;
}
