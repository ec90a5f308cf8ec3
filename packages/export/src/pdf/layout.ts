/** Breaks a paragraph into lines and puts the runs of a line into the order in which they are drawn. */
import LineBreaker from 'linebreak';
import { bidi } from '../bidi.ts';
import { directionOf } from '../direction.ts';
import type { Weight } from './embed-fonts.ts';
import { type FontRun, fontRuns } from './font-runs.ts';

export interface StyledText {
  readonly text: string;
  readonly weight: Weight;
  /** Points. */
  readonly size: number;
  readonly color: string;
}

/** A piece of a line with one look and one typeface, in one direction. */
interface Run extends FontRun {
  readonly style: StyledText;
  readonly width: number;
}

export interface Line {
  /** From left to right. */
  readonly runs: readonly Run[];
  readonly width: number;
  readonly rtl: boolean;
}

/** Width in points of text of one typeface in a style. */
export type Measure = (run: FontRun, style: StyledText) => number;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Lines of at most `width` points. Breaks where Unicode Standard Annex #14 allows it; a word that is wider is cut between characters. */
export function layOut(parts: readonly StyledText[], width: number, measure: Measure): Line[] {
  const text = parts.map((part) => part.text).join('');
  // What is said tells the direction, not the label before it.
  const direction = directionOf(parts.at(-1)?.text ?? '');
  const levels = bidi.getEmbeddingLevels(text, direction);
  const rtl = direction === 'rtl';
  const runsOf = (from: number, to: number) => runsBetween(parts, { from, to }).map((run) => ({ ...run, width: measure(run, run.style) }));
  const widthOf = (from: number, to: number) => total(runsOf(from, to));
  const lines: Line[] = [];
  const end = (from: number, to: number) => {
    const trimmed = from + text.slice(from, to).trimEnd().length;
    const visual = visualOrder(levels.levels, { from, to: trimmed }).flatMap(([a, b, reversed]) => {
      const runs = runsOf(a, b);
      return reversed ? runs.map(mirrored).reverse() : runs;
    });
    lines.push({ runs: visual, width: total(visual), rtl });
  };
  let start = 0;
  let filled = 0;
  let used = 0;
  for (const { from, to } of breakable(text)) {
    const piece = widthOf(from, to);
    if (filled > start && used + widthOf(from, from + text.slice(from, to).trimEnd().length) > width) {
      end(start, filled);
      start = filled;
      used = 0;
    }
    filled = to;
    used += piece;
    while (used > width && widthOf(start, start + text.slice(start, filled).trimEnd().length) > width) {
      const cut = cutToWidth(text, { from: start, to: filled }, (to) => widthOf(start, to) <= width);
      end(start, cut);
      start = cut;
      used = widthOf(start, filled);
    }
  }
  if (filled > start) end(start, filled);
  return lines;
}

/** From right to left: a bracket looks the other way (rule L4), and letters are turned round by whoever draws them, but marks and blanks are not. */
function mirrored(run: Run): Run {
  const characters = [...run.text].map((character) => bidi.getMirroredCharacter(character) ?? character);
  return { ...run, text: (rightToLeft.test(run.text) ? characters : characters.reverse()).join('') };
}

const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

const total = (runs: readonly Run[]): number => runs.reduce((sum, run) => sum + run.width, 0);

interface Span {
  readonly from: number;
  readonly to: number;
}

function* breakable(text: string): Generator<Span> {
  const breaker = new LineBreaker(text);
  let from = 0;
  for (let found = breaker.nextBreak(); found; found = breaker.nextBreak()) {
    yield { from, to: found.position };
    from = found.position;
  }
}

/** The last place between characters that fits; at least one character. */
function cutToWidth(text: string, { from, to }: Span, fits: (to: number) => boolean): number {
  let cut = from;
  for (const { segment } of graphemes.segment(text.slice(from, to))) {
    const next = cut + segment.length;
    if (cut > from && !fits(next)) return cut;
    cut = next;
  }
  return to;
}

function runsBetween(parts: readonly StyledText[], { from, to }: Span): Omit<Run, 'width'>[] {
  const runs: Omit<Run, 'width'>[] = [];
  let at = 0;
  for (const style of parts) {
    const text = style.text.slice(Math.max(from - at, 0), Math.max(to - at, 0));
    at += style.text.length;
    if (text !== '') runs.push(...fontRuns(text).map((run) => ({ ...run, style })));
  }
  return runs;
}

/** Spans of one level, in the order in which they stand (Unicode Standard Annex #9, rule L2). */
function visualOrder(levels: Uint8Array, { from, to }: Span): [number, number, boolean][] {
  if (to <= from) return [];
  const spans: { from: number; to: number; level: number }[] = [];
  for (let i = from; i < to; i++) {
    const level = levels[i] ?? 0;
    const last = spans.at(-1);
    if (last && last.level === level) last.to = i + 1;
    else spans.push({ from: i, to: i + 1, level });
  }
  const highest = Math.max(...spans.map(({ level }) => level));
  for (let level = highest; level > 0; level--) reverseRuns(spans, (span) => span.level >= level);
  return spans.map((span) => [span.from, span.to, span.level % 2 === 1]);
}

function reverseRuns<T>(list: T[], belongs: (item: T) => boolean): void {
  for (let i = 0; i < list.length; i++) {
    let end = i;
    while (end < list.length && belongs(list[end] as T)) end++;
    list.splice(i, end - i, ...list.slice(i, end).reverse());
    i = Math.max(i, end - 1);
  }
}
