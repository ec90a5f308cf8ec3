/**
 * Cuts segments into captions: at most two lines of 42 characters (the usual broadcast limits), breaks at sentence
 * ends and commas where they lie well. Where no word times are known, the time of a segment is shared out by characters.
 */
import type { Segment, Transcript } from '@bulk-transcribe/protocol';

export const MAX_LINE = 42;
export const MAX_LINES = 2;
/** Captions shorter than this are hard to read; they borrow from the pause behind them. Seconds. */
const MIN_DURATION = 0.8;

export interface Caption {
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
  readonly speaker?: string;
}

interface TimedWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export const captions = (transcript: Pick<Transcript, 'segments'>): Caption[] => extendShort(transcript.segments.flatMap(captionsOfSegment));

function captionsOfSegment(segment: Segment): Caption[] {
  const speaker = segment.speaker === undefined ? {} : { speaker: segment.speaker };
  return groups(timedWords(segment)).map((words) => ({
    start: words[0]?.start ?? segment.start,
    end: words.at(-1)?.end ?? segment.end,
    lines: wrap(words.map((word) => word.text)),
    ...speaker,
  }));
}

/** Word times as given; else each word gets the share of the segment that its characters (and one blank) have. */
function timedWords(segment: Segment): TimedWord[] {
  if (segment.words && segment.words.length > 0) return segment.words;
  const texts = segment.text.split(/\s+/).filter(Boolean);
  const total = texts.reduce((sum, text) => sum + text.length + 1, 0);
  let done = 0;
  const at = (characters: number) => segment.start + ((segment.end - segment.start) * characters) / total;
  return texts.map((text) => {
    const start = at(done);
    done += text.length + 1;
    return { text, start, end: at(done) };
  });
}

/** As many words a caption as fit; cut earlier at a sentence end, or at a comma in the second half. */
function groups(words: readonly TimedWord[]): TimedWord[][] {
  const result: TimedWord[][] = [];
  let rest = words;
  while (rest.length > 0) {
    const count = cutAt(rest);
    result.push([...rest.slice(0, count)]);
    rest = rest.slice(count);
  }
  return result;
}

function cutAt(words: readonly TimedWord[]): number {
  const fitting = fits(words);
  if (fitting === words.length) return fitting;
  const sentence = lastIndex(words, fitting, /[.?!…。？！]["'”’)]*$/u, fitting / 3);
  return sentence ?? lastIndex(words, fitting, /[,;:，、]["'”’)]*$/u, fitting / 2) ?? fitting;
}

/** How many words fit into one caption; at least one, however long it is. */
function fits(words: readonly TimedWord[]): number {
  const texts: string[] = [];
  for (const word of words) {
    texts.push(word.text);
    if (texts.length > 1 && wrap(texts).length > MAX_LINES) return texts.length - 1;
  }
  return texts.length;
}

function lastIndex(words: readonly TimedWord[], limit: number, pattern: RegExp, least: number): number | undefined {
  for (let count = limit; count >= Math.max(1, least); count--) if (pattern.test(words[count - 1]?.text ?? '')) return count;
  return undefined;
}

/** Greedy lines, then the first line gives words to the second while that makes them more even. */
function wrap(words: readonly string[]): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= MAX_LINE) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.length === 2 ? balance(words) : lines;
}

function balance(words: readonly string[]): string[] {
  const splits = words.slice(1).map((_, i) => [words.slice(0, i + 1).join(' '), words.slice(i + 1).join(' ')]);
  const longest = (lines: readonly string[]) => Math.max(...lines.map((line) => line.length));
  return splits.reduce((best, lines) => (longest(lines) < longest(best) ? lines : best), splits.at(-1) ?? [...words]);
}

function extendShort(list: readonly Caption[]): Caption[] {
  return list.map((caption, i) => {
    const limit = list[i + 1]?.start ?? Number.POSITIVE_INFINITY;
    const end = Math.max(caption.end, Math.min(caption.start + MIN_DURATION, limit));
    return { ...caption, end };
  });
}
