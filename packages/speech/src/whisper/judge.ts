/** What of a decoded stretch counts as text, and what a reader should know of it. */
import type { Warning } from '@bulk-transcribe/protocol';
import { SAMPLE_RATE } from '../decode/decoder.ts';
import { seconds } from '../time.ts';
import type { Attempt } from './decode/attempt.ts';
import { cutLoop } from './decode/cut-loop.ts';
import { type Stretch, speechBetween } from './stretch.ts';

/** Samples (1 s) of speech. An improbable or doubted text over less is noise that the model made words of. */
const LITTLE_SPEECH = SAMPLE_RATE;
/** Samples (1 s) of speech for each letter: nobody speaks so slowly, in any script. What is doubted as well is a tone or a hum. */
const SLOWEST = SAMPLE_RATE;

export interface Verdict {
  /** Null where nothing counts. */
  readonly attempt: Attempt | null;
  readonly findings: readonly Warning[];
}

export function judge(attempt: Attempt, stretch: Stretch, decode: (tokens: readonly number[]) => string): Verdict {
  if (!attempt.text || attempt.silent) return { attempt: null, findings: [] };
  const place = { start: seconds(stretch.from), end: seconds(stretch.end) };
  const cut = attempt.loops ? cutLoop(attempt, decode) : null;
  if (cut) {
    const message = 'The text ran in a circle here and was cut; words may be missing.';
    return { attempt: cut, findings: [{ code: 'loop_cut', message, ...place }] };
  }
  const speech = speechBetween(stretch.window.speech, { start: stretch.from, end: stretch.end });
  if (isNoise(attempt, speech)) {
    const message = `This hardly sounds like speech, and its text is very uncertain; it was left out: “${attempt.text}”`;
    return { attempt: null, findings: [{ code: 'noise_left_out', message, ...place }] };
  }
  const message = doubtOf(attempt);
  return { attempt, findings: message ? [{ code: 'uncertain_text', message, ...place }] : [] };
}

/** Empty where there is none. */
function doubtOf({ echo, improbable }: Attempt): string {
  if (echo) return 'The text here is a part of the prompt; it may not have been said.';
  return improbable ? 'The text is very uncertain here.' : '';
}

function isNoise({ text, improbable, doubted }: Attempt, speech: number): boolean {
  if (speech < LITTLE_SPEECH) return improbable || doubted;
  return doubted && text.length * SLOWEST < speech;
}
