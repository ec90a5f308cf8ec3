/** Which word of a line is where in its text, and when it is said. Pure. */
import type { Segment } from '@bulk-transcribe/protocol';
import type { Span } from '../controls/marked.tsx';

type Spoken = Pick<Segment, 'start' | 'text' | 'words'>;

/** A word in the text of its line. */
export interface WordPlace extends Span {
  /** When it is said, seconds. */
  readonly start: number;
}

/** The words of a line as they follow each other in its text. One that is not found there (the text was shortened) is left out. */
export function wordPlaces({ text, words = [] }: Spoken): WordPlace[] {
  const places: WordPlace[] = [];
  let end = 0;
  for (const word of words) {
    const from = word.text === '' ? -1 : text.indexOf(word.text, end);
    if (from < 0) continue;
    end = from + word.text.length;
    places.push({ from, to: end, start: word.start });
  }
  return places;
}

/** When that is said which stands at `offset` in the text of a line; its start where its words have no times. */
export function timeAt(line: Spoken, offset: number): number {
  return wordPlaces(line).findLast(({ from }) => from <= offset)?.start ?? line.start;
}

/** The word that is said at `time`; in a pause the one before. */
export const wordAt = (line: Spoken, time: number): WordPlace | undefined => wordPlaces(line).findLast(({ start }) => start <= time);
