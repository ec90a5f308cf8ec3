/**
 * Whisper ends a window with its last whole segment and expects to be asked again from there: what follows in the window
 * has no text yet.
 */
import { SAMPLE_RATE } from '../../decode/decoder.ts';
import { FRAME } from '../constants.ts';
import type { Attempt } from '../decode/attempt.ts';
import { partOf, type Stretch, speechBetween } from '../stretch.ts';
import type { Hidden } from '../whisper-model.ts';
import type { Decoded } from './timed-text.ts';
import { timestampSlices } from './timestamp-slices.ts';

/** Samples (1 s) of speech that are worth another decoding. */
const NOTEWORTHY = SAMPLE_RATE;
/** Samples (0.3 s) that the next decoding hears before the speech. */
const LEAD = Math.round(0.3 * SAMPLE_RATE);
/** Samples (0.5 s). A row that comes no farther than this would be asked the same again. */
const LEAST_PROGRESS = Math.round(0.5 * SAMPLE_RATE);

export interface Tail {
  /** The same stretch, from there on … */
  readonly goingOn: Stretch;
  /** … and what is left of it by itself. */
  readonly apart: Stretch;
  /** Sample up to which the text so far counts. */
  readonly from: number;
}

/** What is left of the stretch behind its last whole segment; null where that is not worth another decoding. */
export function tailOf({ stretch, attempt, language }: Decoded, hidden: Hidden | null, timestampBegin: number): Tail | null {
  const from = endOfText(stretch, attempt, timestampBegin);
  if (from === null || from < stretch.from + LEAST_PROGRESS) return null;
  const { speech } = stretch.window;
  if (speechBetween(speech, { start: from, end: stretch.end }) < NOTEWORTHY) return null;
  const next = speech.find((span) => span.end > from);
  const start = Math.max(from, (next?.start ?? from) - LEAD);
  return { from, goingOn: { ...stretch, from: start, hidden, language }, apart: partOf(stretch, { start, end: stretch.end }, language) };
}

/** Null where the text goes on to the end of the stretch. */
function endOfText(stretch: Stretch, { row, ended }: Attempt, timestampBegin: number): number | null {
  const at = (steps: number) => stretch.start + steps * FRAME;
  const last = timestampSlices(row.tokens, timestampBegin).at(-1);
  if (!last) return null;
  if (last.end !== null) return at(last.end);
  // Cut off at the limit: the unfinished segment is decoded again.
  return ended ? null : at(last.start);
}
