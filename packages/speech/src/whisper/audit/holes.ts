/** Speech that no segment covers. */
import { SAMPLE_RATE } from '../../decode/decoder.ts';
import type { Span } from '../../vad/span-tracker.ts';
import { speechBetween } from '../stretch.ts';

/** Samples (0.6 s) of speech between texts in which a few words may be said … */
const BETWEEN = Math.round(0.6 * SAMPLE_RATE);
/** … and (1 s) before the first or behind the last text, where speech fades and what is heard of it is easily invented. */
const OUTSIDE = SAMPLE_RATE;
/** Samples (0.1 s) beside a text that count as its own: times are that uncertain. */
const TOLERANCE = Math.round(0.1 * SAMPLE_RATE);
/** Samples (0.3 s). Pieces of speech nearer than this are one hole. */
const NEAR = Math.round(0.3 * SAMPLE_RATE);

/** `texts` in order of time. Each hole begins and ends with speech and lies between two texts. */
export function holesIn(window: Span & { readonly speech: readonly Span[] }, texts: readonly Span[]): Span[] {
  const gaps = gapsBetween(window, texts);
  return gaps.flatMap((gap, index) => {
    const least = index > 0 && index < texts.length ? BETWEEN : OUTSIDE;
    const pieces = joinNear(window.speech.flatMap((span) => intersection(span, gap) ?? []));
    return pieces.filter((piece) => speechBetween(window.speech, piece) > least);
  });
}

/** One before each text and one behind the last; those of no length too. */
function gapsBetween(window: Span, texts: readonly Span[]): Span[] {
  const gaps: Span[] = [];
  let covered = window.start - TOLERANCE;
  for (const { start, end } of texts) {
    gaps.push({ start: covered + TOLERANCE, end: start - TOLERANCE });
    covered = Math.max(covered, end);
  }
  return [...gaps, { start: covered + TOLERANCE, end: window.end }];
}

function joinNear(pieces: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last && piece.start - last.end < NEAR) joined[joined.length - 1] = { start: last.start, end: piece.end };
    else joined.push(piece);
  }
  return joined;
}

function intersection(a: Span, b: Span): Span | null {
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.end, b.end);
  return end > start ? { start, end } : null;
}
