/** The texts of one window in order, each trimmed to the speech in it. */
import { SAMPLE_RATE } from '../../decode/decoder.ts';
import type { RecognisedSegment } from '../../recognise/recogniser.ts';
import type { Span } from '../../vad/span-tracker.ts';

/** Samples (0.2 s). Speech begins and fades more softly than the detection hears; who clicks a line wants its first sound. */
const MARGIN = Math.round(0.2 * SAMPLE_RATE);
/** Samples (0.02 s): the least that a segment or a word lasts. */
const LEAST = Math.round(0.02 * SAMPLE_RATE);

export function settleTimes(texts: readonly RecognisedSegment[], speech: readonly Span[]): RecognisedSegment[] {
  const settled: RecognisedSegment[] = [];
  const placed = texts.map((text) => (text.words?.length ? aroundWords(text, text.words) : trimmed(text, speech)));
  for (const text of placed.toSorted((a, b) => a.start - b.start)) settled.push(after(settled.at(-1)?.end ?? 0, text));
  return settled;
}

const aroundWords = (text: RecognisedSegment, words: readonly Span[]): RecognisedSegment => ({
  ...text,
  start: Math.min(...words.map(({ start }) => start)),
  end: Math.max(...words.map(({ end }) => end)),
});

/** A text over silence stays where it is. */
function trimmed(text: RecognisedSegment, speech: readonly Span[]): RecognisedSegment {
  const heard = speech.filter(({ start, end }) => start < text.end && end > text.start);
  const first = heard[0];
  const last = heard.at(-1);
  if (!first || !last) return text;
  return { ...text, start: Math.max(text.start, first.start - MARGIN), end: Math.min(text.end, last.end + MARGIN) };
}

function after(earliest: number, text: RecognisedSegment): RecognisedSegment {
  const start = Math.max(earliest, text.start);
  const end = Math.max(start + LEAST, text.end);
  if (!text.words) return { ...text, start, end };
  let from = start;
  const words = text.words.map((word) => {
    const begin = Math.max(from, word.start);
    from = Math.max(begin + LEAST, word.end);
    return { ...word, start: begin, end: from };
  });
  return { ...text, start, end: Math.max(end, from), words };
}
