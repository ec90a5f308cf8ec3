/** How wide text is on a screen: a character of East Asia takes two columns (Unicode Standard Annex #11), so a line holds half as many. */
import stringWidth from 'string-width';

export const columns = (text: string): number => stringWidth(text);

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Cuts between characters as people see them, into parts of at most `widest` columns. */
export function cutColumns(text: string, widest: number): string[] {
  const parts: string[] = [];
  let part = '';
  for (const { segment } of graphemes.segment(text)) {
    if (part !== '' && columns(part) + columns(segment) > widest) {
      parts.push(part);
      part = '';
    }
    part += segment;
  }
  return part === '' ? parts : [...parts, part];
}
