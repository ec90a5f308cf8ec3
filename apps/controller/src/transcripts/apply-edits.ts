import type { Segment, Word } from '@bulk-transcribe/protocol';
import { alignWords } from './align-words.ts';
import { mainSpeaker } from './give-turn.ts';
import type { SegmentEdit } from './overlay.ts';

/**
 * Lays edits over segments. An edit stands for its whole span: where voices were told apart anew since, and segments are cut
 * in other places, what lies in the span is taken out of them word by word. Edits do not overlap.
 */
export function applyEdits(segments: readonly Segment[], edits: readonly SegmentEdit[]): Segment[] {
  const waiting = new Map(edits.map((edit) => [keyOf(edit), edit]));
  const exact = segments.map((segment) => {
    const edit = waiting.get(keyOf(segment));
    if (!edit) return segment;
    waiting.delete(keyOf(segment));
    return edited([segment], edit);
  });
  return [...waiting.values()].reduce(carve, exact);
}

export const keyOf = ({ start, end }: Pick<Segment, 'start' | 'end'>): string => `${start.toFixed(3)}-${end.toFixed(3)}`;

function carve(segments: readonly Segment[], edit: SegmentEdit): Segment[] {
  const touched = segments.filter((segment) => !segment.corrected && segment.start < edit.end && segment.end > edit.start);
  const inside = touched.flatMap((segment) => part(segment, (middle) => middle >= edit.start && middle < edit.end));
  const outside = touched.flatMap((segment) => [...part(segment, (middle) => middle < edit.start), ...part(segment, (middle) => middle >= edit.end)]);
  const kept = segments.filter((segment) => !touched.includes(segment));
  return [...kept, ...outside, edited(inside, edit)].toSorted((a, b) => a.start - b.start);
}

/** The words of a segment whose middle is there, as a segment; nothing where there are none. */
function part(segment: Segment, isThere: (middle: number) => boolean): Segment[] {
  const all = timedWords(segment);
  const words = all.filter(({ start, end }) => isThere((start + end) / 2));
  if (words.length === all.length) return [segment];
  const [first, last] = [words[0], words.at(-1)];
  if (!first || !last) return [];
  const { words: known, continues: _, ...rest } = segment;
  return [{ ...rest, start: first.start, end: last.end, text: words.map(({ text }) => text).join(' '), ...(known && { words }) }];
}

/** Where times of words are not known, the time of the segment is shared out. */
const timedWords = (segment: Segment): Word[] => (segment.words?.length ? segment.words : alignWords([], segment.text, segment));

function edited(heard: readonly Segment[], { start, end, text, speaker }: SegmentEdit): Segment {
  const known = heard.flatMap((segment) => segment.words ?? []);
  const whose = speaker ?? mainSpeaker(heard);
  const words = text === undefined ? known : alignWords(known, text, { start, end });
  return {
    start,
    end,
    text: text ?? heard.map((segment) => segment.text).join(' '),
    avgLogProb: heard[0]?.avgLogProb ?? 0,
    ...(whose !== undefined && { speaker: whose }),
    ...(heard[0]?.continues && { continues: true }),
    corrected: true,
    ...(known.length > 0 && { words: speaker === undefined ? words : words.map((word) => spokenBy(word, speaker)) }),
  };
}

const spokenBy = ({ otherSpeaker: _, ...word }: Word, speaker: string): Word => ({ ...word, speaker });
