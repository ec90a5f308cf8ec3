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
  /** The text runs in a circle: as a whole, or its last words do where the row came to no end. */
  readonly loops: boolean;
  readonly improbable: boolean;
  /** The model says that nothing was said, and the words are improbable once the timestamps, of which it is always sure, are left aside. */
  readonly doubted: boolean;
  /** Nothing was said: the model says so itself, and has no confidence in its text. */
  readonly silent: boolean;
}

/** Each null where nobody looks at it. */
export interface Thresholds {
  /** Bytes of text per byte after zlib. */
  readonly compressionRatio: number | null;
  /** Mean natural-log probability. */
  readonly logProb: number | null;
  /** Probability of the no-speech token. */
  readonly noSpeech: number | null;
}

interface Written extends Pick<Attempt, 'row' | 'prompt' | 'text' | 'temperature' | 'echo'> {
  /** Mean natural-log probability of the tokens that are text. */
  readonly wordsLogProb: number;
}

/** OpenAI's rules for what is silent, improbable or a circle. */
export function toAttempt({ wordsLogProb, ...written }: Written, { compressionRatio: most, logProb, noSpeech }: Thresholds): Attempt {
  const { row, text } = written;
  const ended = row.logProbs.length > row.tokens.length;
  const unsaid = noSpeech !== null && row.noSpeechProb > noSpeech;
  const improbable = logProb !== null && row.avgLogProb < logProb;
  return {
    ...written,
    ended,
    improbable,
    loops: (most !== null && compressionRatio(text) > most) || (!ended && loopStart(row.tokens) !== null),
    doubted: unsaid && logProb !== null && wordsLogProb < logProb,
    silent: unsaid && (improbable || logProb === null),
  };
}

/** High where a text repeats itself; 0 for no text. */
export function compressionRatio(text: string): number {
  const bytes = Buffer.from(text);
  return bytes.length / deflateSync(bytes).length;
}

/** Good enough to look no further. */
export const isSound = ({ loops, echo, improbable }: Attempt): boolean => !loops && !echo && !improbable;

/** The most probable of those that do not loop and do not echo the prompt; of all, where there is none. */
export function best(attempts: readonly [Attempt, ...Attempt[]]): Attempt {
  const usable = attempts.filter(({ loops, echo }) => !loops && !echo);
  const [first, ...others] = usable.length > 0 ? usable : attempts;
  return others.reduce((a, b) => (b.row.avgLogProb > a.row.avgLogProb ? b : a), first ?? attempts[0]);
}
