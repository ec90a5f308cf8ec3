import type { Segment, Word } from '@bulk-transcribe/protocol';
import { splitSentences } from '../recognise/sentences.ts';

/** The sentences of a segment without word times, each as one "word": speech is taken to run at an even pace. */
export function wordsBySentence({ start, end, text }: Segment): Word[] {
  const sentences = splitSentences(text);
  const length = sentences.reduce((sum, sentence) => sum + sentence.length, 0);
  let done = 0;
  const now = () => start + ((end - start) * done) / Math.max(1, length);
  return sentences.map((sentence) => {
    const from = now();
    done += sentence.length;
    return { start: rounded(from), end: rounded(now()), text: sentence };
  });
}

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;
