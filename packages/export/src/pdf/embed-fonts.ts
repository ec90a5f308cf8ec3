/** Cuts the typefaces to what one document needs and gives them to it. */
import { readFile } from 'node:fs/promises';
import subsetFont from 'subset-font';
import { fontRuns } from './font-runs.ts';
import type { Typeface } from './typefaces.ts';

export type Weight = 'regular' | 'bold';
const axis = { regular: 400, bold: 700 } as const;

/** The name under which the document knows a typeface in a weight. */
export const fontName = ({ file }: Typeface, weight: Weight): string => `${weight} ${file}`;

/** Registers every typeface that `texts` need, in each weight. */
export async function embedFonts(document: PDFKit.PDFDocument, texts: Readonly<Record<Weight, Iterable<string>>>): Promise<void> {
  for (const weight of ['regular', 'bold'] as const) {
    for (const [typeface, characters] of needed(texts[weight])) {
      const font = await readFile(typeface.file);
      const part = await subsetFont(font, [...characters].join(''), { targetFormat: 'truetype', variationAxes: { wght: axis[weight] } });
      document.registerFont(fontName(typeface, weight), part);
    }
  }
}

function needed(texts: Iterable<string>): Map<Typeface, Set<string>> {
  const result = new Map<Typeface, Set<string>>();
  for (const text of texts) {
    for (const { text: part, typeface } of fontRuns(text)) {
      if (typeface) result.set(typeface, new Set([...(result.get(typeface) ?? []), ...part]));
    }
  }
  return result;
}
