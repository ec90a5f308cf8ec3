/** Text as runs of one typeface each. */
import { type Typeface, typefaceOf } from './typefaces.ts';

export interface FontRun {
  readonly text: string;
  /** Null: no typeface has it. */
  readonly typeface: Typeface | null;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** A character as people see it stays in one run. */
export function fontRuns(text: string): FontRun[] {
  const runs: { text: string; typeface: Typeface | null }[] = [];
  for (const { segment } of graphemes.segment(text)) {
    const last = runs.at(-1);
    const typeface = typefaceOf(segment.codePointAt(0) ?? 0);
    if (last && last.typeface === typeface) last.text += segment;
    else runs.push({ text: segment, typeface });
  }
  return runs;
}
