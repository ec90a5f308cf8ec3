/**
 * A window that ran in a circle, that gave no text for real speech, or whose text is doubtful is heard again with slightly other borders:
 * the model often recovers. Silence in front of the audio is never tried: it is heard as words.
 */
import { SAMPLE_RATE } from '../decode/decoder.ts';
import { LEAST_SAMPLES } from './constants.ts';
import type { Decoded } from './decode-batch.ts';

/** Samples (0.15 s) that the narrower try leaves out on both sides; less than the padding, so no speech is lost. */
const NARROWER = Math.round(0.15 * SAMPLE_RATE);
/** Samples (0.25 s) of silence behind the audio in the other try. */
const SILENCE = Math.round(0.25 * SAMPLE_RATE);
/** Samples (1 s). Less speech than this without text is a cough or a click. */
const NOTEWORTHY = SAMPLE_RATE;
/** English speech is never less probable: anything below is invented. */
const LEAST_LOG_PROB = -0.7;
/** Chosen on the English development recordings, where it gave the fewest word errors; no other recordings have confirmed it. */
const DOUBTFUL_LOG_PROB = -0.3;

export function deservesSecondTry(decoded: Decoded, speechSamples: number): boolean {
  if (decoded.tokens.length === 0) return speechSamples > NOTEWORTHY;
  return decoded.loopCut || (wentWell(decoded) && decoded.avgLogProb < DOUBTFUL_LOG_PROB);
}

const wentWell = ({ tokens, loopCut, avgLogProb }: Decoded): boolean => !loopCut && tokens.length > 0 && avgLogProb >= LEAST_LOG_PROB;

/** An answer, and how many samples of the window lie before the audio that it was heard in. */
export interface Try {
  readonly decoded: Decoded;
  readonly offset: number;
}

/** The most probable of all that went well; `first` where none did. */
export async function tryAgain(first: Try, samples: Float32Array, decode: (samples: Float32Array) => Promise<Decoded>): Promise<Try> {
  const longer = new Float32Array(samples.length + SILENCE);
  longer.set(samples);
  const narrower = samples.subarray(NARROWER, samples.length - NARROWER);
  let best: Try | null = wentWell(first.decoded) ? first : null;
  for (const [variant, offset] of [[longer, 0] as const, [narrower, NARROWER] as const]) {
    if (variant.length < LEAST_SAMPLES) continue;
    const decoded = await decode(variant);
    if (wentWell(decoded) && decoded.avgLogProb > (best?.decoded.avgLogProb ?? Number.NEGATIVE_INFINITY)) best = { decoded, offset };
  }
  return best ?? first;
}
