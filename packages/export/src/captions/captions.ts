/**
 * Cuts segments into captions: at most two lines of 42 columns, with breaks at sentence ends, commas and pauses where they
 * lie well. Where no word times are known, the time of a segment is shared out by characters.
 */
import type { Segment, Transcript } from '@bulk-transcribe/protocol';
import type { Caption } from './caption.ts';
import { columns } from './columns.ts';
import { MAX_LINE, MAX_LINES, wrap } from './lines.ts';
import { readable } from './reading-time.ts';
import { type Piece, timedPieces } from './timed-pieces.ts';

export interface CaptionChoices {
  /** What is written before the first line of a caption, for example "Anna: ", where its speaker begins to speak. */
  readonly label?: (speaker: string) => string;
}

/** A caption spans no longer pause than this inside. Seconds. */
const LONGEST_PAUSE = 1.5;
/** Words between which somebody pauses for so long do not belong together. Seconds. */
const NOTICEABLE_PAUSE = 0.3;
/** Readers lose a caption that stays longer (Netflix Timed Text Style Guide); what is one line is not cut for that. Seconds. */
const MAX_DURATION = 7;

/** In order of time, without overlap. */
export function captions({ segments }: Pick<Transcript, 'segments'>, { label }: CaptionChoices = {}): Caption[] {
  const result: Caption[] = [];
  for (const segment of segments) {
    const begins = segment.speaker !== undefined && segment.speaker !== result.at(-1)?.speaker;
    const prefix = label && begins && segment.speaker !== undefined ? label(segment.speaker) : '';
    result.push(...captionsOf(segment, shortened(prefix)));
  }
  return readable(result);
}

/** A name takes half a line at most. */
const shortened = (prefix: string): string => (columns(prefix) <= MAX_LINE / 2 ? prefix : `${[...prefix].slice(0, MAX_LINE / 2 - 3).join('')}…: `);

function captionsOf(segment: Segment, prefix: string): Caption[] {
  const speaker = segment.speaker === undefined ? {} : { speaker: segment.speaker };
  const indent = columns(prefix);
  return groups(timedPieces(segment, MAX_LINE - indent), indent).map((pieces, i) => {
    const [first = '', ...rest] = wrap(pieces, i === 0 ? indent : 0);
    return {
      start: pieces[0]?.start ?? segment.start,
      end: pieces.at(-1)?.end ?? segment.end,
      lines: [i === 0 ? prefix + first : first, ...rest],
      ...speaker,
    };
  });
}

/** As many pieces a caption as fit; cut earlier at a long pause, at a sentence end, or in the second half at a comma, else where the speaker pauses longest. */
function groups(pieces: readonly Piece[], indent: number): Piece[][] {
  const result: Piece[][] = [];
  let rest = pieces;
  while (rest.length > 0) {
    const count = cutAt(rest, result.length === 0 ? indent : 0);
    result.push(rest.slice(0, count));
    rest = rest.slice(count);
  }
  return result;
}

const SENTENCE_END = /[.?!…。？！]["'”’)»」]*$/u;
const CLAUSE_END = /[,;:，、；：]["'”’)»」]*$/u;

function cutAt(pieces: readonly Piece[], indent: number): number {
  const fitting = fits(pieces, indent);
  if (fitting === pieces.length) return fitting;
  const sentence = lastIndex(pieces, fitting, { pattern: SENTENCE_END, least: fitting / 3 });
  return sentence ?? lastIndex(pieces, fitting, { pattern: CLAUSE_END, least: fitting / 2 }) ?? longestPause(pieces, fitting) ?? fitting;
}

/** How many pieces fit into one caption; at least one. */
function fits(pieces: readonly Piece[], indent: number): number {
  const start = pieces[0]?.start ?? 0;
  for (let count = 2; count <= pieces.length; count++) {
    const piece = pieces[count - 1] as Piece;
    const before = pieces[count - 2] as Piece;
    if (piece.start - before.end > LONGEST_PAUSE) return count - 1;
    const lines = wrap(pieces.slice(0, count), indent).length;
    if (lines > MAX_LINES || (lines > 1 && piece.end - start > MAX_DURATION)) return count - 1;
  }
  return pieces.length;
}

function lastIndex(pieces: readonly Piece[], limit: number, { pattern, least }: { pattern: RegExp; least: number }): number | undefined {
  for (let count = limit; count >= Math.max(1, least); count--) if (pattern.test(pieces[count - 1]?.text ?? '')) return count;
  return undefined;
}

/** How many pieces come before the longest pause in the second half of those that fit; the later of two. Undefined where nobody pauses. */
function longestPause(pieces: readonly Piece[], fitting: number): number | undefined {
  const pauseAfter = (count: number): number => (pieces[count]?.start ?? 0) - (pieces[count - 1]?.end ?? 0);
  let longest = fitting;
  for (let count = fitting; count >= fitting / 2; count--) if (pauseAfter(count) > pauseAfter(longest)) longest = count;
  return pauseAfter(longest) < NOTICEABLE_PAUSE ? undefined : longest;
}
