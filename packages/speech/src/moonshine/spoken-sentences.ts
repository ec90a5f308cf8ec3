/** Words as segments: a sentence each, and a new one after a long pause within a sentence. */
import { SAMPLE_RATE } from '../decode/decoder.ts';
import type { RecognisedSegment, RecognisedWord } from '../recognise/recogniser.ts';
import { splitSentences } from '../recognise/sentences.ts';

/** Samples (0.8 s) of silence after which a reader expects a new line. */
const LONG_PAUSE = 0.8 * SAMPLE_RATE;

export function spokenSentences(words: readonly RecognisedWord[], avgLogProb: number): RecognisedSegment[] {
  const segments: RecognisedWord[][] = [];
  let taken = 0;
  for (const sentence of splitSentences(words.map(({ text }) => text).join(' '))) {
    const count = sentence.split(' ').length;
    segments.push(...splitAtPauses(words.slice(taken, taken + count)));
    taken += count;
  }
  return segments.map((run) => ({
    text: run.map(({ text }) => text).join(' '),
    start: run[0]?.start ?? 0,
    end: run.at(-1)?.end ?? 0,
    avgLogProb,
    words: run,
  }));
}

function splitAtPauses(words: readonly RecognisedWord[]): RecognisedWord[][] {
  const runs: RecognisedWord[][] = [];
  for (const word of words) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (run && before && word.start - before.end <= LONG_PAUSE) run.push(word);
    else runs.push([word]);
  }
  return runs;
}
