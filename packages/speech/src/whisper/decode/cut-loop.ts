import { loopStart } from '../../recognise/loop-guard.ts';
import type { Attempt } from './attempt.ts';

/** Keeps the first round of the first loop; null where the row does not run in a circle. */
export function cutLoop(attempt: Attempt, decode: (tokens: readonly number[]) => string): Attempt | null {
  const { tokens, logProbs } = attempt.row;
  for (let length = 1; length <= tokens.length; length += 1) {
    const kept = loopStart(tokens.slice(0, length));
    if (kept === null) continue;
    const left = tokens.slice(0, kept);
    return { ...attempt, ended: false, text: decode(left), row: { ...attempt.row, tokens: left, logProbs: logProbs.slice(0, kept) } };
  }
  return null;
}
