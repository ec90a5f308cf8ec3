/** Where much is spoken and little written, words may be missing in the middle: then it is found out where each word was said. */
import { SAMPLE_RATE } from '../../decode/decoder.ts';
import type { Attempt } from '../decode/attempt.ts';
import { type Decoded, spanOf } from '../segments/timed-text.ts';
import { timestampSlices } from '../segments/timestamp-slices.ts';
import { speechBetween } from '../stretch.ts';
import type { Hidden, WhisperModel } from '../whisper-model.ts';

/** Tokens per second of speech at an easy pace; languages with tokens for single letters have more, which only asks less often. */
const TOKENS_PER_SECOND = 4;
/** Samples (1 s) of speech that its tokens do not account for. */
const UNEXPLAINED = SAMPLE_RATE;

export function isSparse({ stretch, attempt: { row } }: Decoded, { tokens: { timestampBegin, eot } }: WhisperModel['facts']): boolean {
  return timestampSlices(row.tokens, timestampBegin).some((slice) => {
    const written = row.tokens.slice(slice.from, slice.to).filter((token) => token < eot).length;
    const speech = speechBetween(stretch.window.speech, spanOf(slice, stretch));
    return speech - (written / TOKENS_PER_SECOND) * SAMPLE_RATE > UNEXPLAINED;
  });
}

/** The attempt with its attention scores, from a second reading of its tokens. */
export async function withScores(attempt: Attempt, hidden: Hidden, model: WhisperModel): Promise<Attempt> {
  const { row, prompt } = attempt;
  // The last token of the prompt asked for the first of the text.
  const first = prompt.length - 1;
  const sequence = [...prompt, ...row.tokens].slice(0, first + row.logProbs.length);
  const [forced] = await model.force(hidden, { sequences: [sequence], alignment: true });
  if (!forced?.alignment) return attempt;
  const { scores, heads, frames } = forced.alignment;
  return { ...attempt, row: { ...row, alignment: { heads, frames, scores: scores.slice(first * heads * frames) } } };
}

export function withoutScores(attempt: Attempt): Attempt {
  const { alignment: _, ...row } = attempt.row;
  return { ...attempt, row };
}
