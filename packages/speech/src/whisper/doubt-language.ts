/** Somebody may speak another language than the rest of the recording: an uncertain window is heard for its own, and decoded in that. */
import type { Attempt } from './decode/attempt.ts';
import { type Batch, decodeStretches } from './decode/decode-stretches.ts';
import type { DecodeSetup } from './decode-setup.ts';
import { detectLanguages } from './languages.ts';

/** Mean natural-log probability below which a text is doubted: text in the wrong language mostly lies below. */
const DOUBTFUL = -0.6;
/** What the window's own language must have to be tried. */
const LEAST_PROBABILITY = 0.7;

export interface Spoken {
  readonly attempt: Attempt;
  readonly language: string;
}

/** The more probable text in the language of the batch or in the window's own. */
export async function doubtLanguage(attempt: Attempt, batch: Batch, setup: DecodeSetup): Promise<Spoken> {
  const language = batch.languages[0] ?? 'en';
  if (attempt.row.avgLogProb > DOUBTFUL) return { attempt, language };
  const [own] = await detectLanguages(setup.model, batch.hidden);
  if (!own || own.language === language || own.probability < LEAST_PROBABILITY) return { attempt, language };
  const [other] = await decodeStretches(setup, { ...batch, languages: [own.language] });
  return other && other.row.avgLogProb > attempt.row.avgLogProb ? { attempt: other, language: own.language } : { attempt, language };
}
