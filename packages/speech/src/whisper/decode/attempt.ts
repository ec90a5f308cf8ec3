/** One decoding of a stretch of audio, and what speaks for or against it. */
import { deflateSync } from 'node:zlib';
import { loopStart } from '../../recognise/loop-guard.ts';
import type { DecodedRow } from '../whisper-model.ts';

export interface Attempt {
  readonly row: DecodedRow;
  /** What the decoder read before it wrote. */
  readonly prompt: readonly number[];
  readonly text: string;
  readonly temperature: number;
  /** The row ended by itself, not at the limit. */
  readonly ended: boolean;
  /** The text is nothing but a part of the prompt. */
  readonly echo: boolean;
}

/** OpenAI's thresholds: bytes of text per byte after zlib, mean natural-log probability, probability of the no-speech token. */
const MOST_COMPRESSION = 2.4;
const LEAST_LOG_PROB = -1;
const SURELY_SILENT = 0.6;

/** High where a text repeats itself; 0 for no text. */
export function compressionRatio(text: string): number {
  const bytes = Buffer.from(text);
  return bytes.length / deflateSync(bytes).length;
}

/** The text runs in a circle: as a whole, or its last words do where the row came to no end. */
export const loops = ({ text, row, ended }: Attempt): boolean =>
  compressionRatio(text) > MOST_COMPRESSION || (!ended && loopStart(row.tokens) !== null);

/** Nothing was said: the model says so itself, and has no confidence in its text. */
export const isSilent = ({ row }: Attempt): boolean => row.noSpeechProb > SURELY_SILENT && row.avgLogProb < LEAST_LOG_PROB;

export const isImprobable = ({ row }: Attempt): boolean => row.avgLogProb < LEAST_LOG_PROB;

/** Good enough to look no further. */
export const isSound = (attempt: Attempt): boolean => !loops(attempt) && !attempt.echo && !isImprobable(attempt);

/** The most probable of those that do not loop and do not echo the prompt; of all, where there is none. */
export function best(attempts: readonly [Attempt, ...Attempt[]]): Attempt {
  const usable = attempts.filter((attempt) => !loops(attempt) && !attempt.echo);
  const [first, ...others] = usable.length > 0 ? usable : attempts;
  return others.reduce((a, b) => (b.row.avgLogProb > a.row.avgLogProb ? b : a), first ?? attempts[0]);
}
