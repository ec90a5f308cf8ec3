/** Which file of which typeface has a character. The typefaces are Noto (SIL Open Font License), as the Fontsource packages carry them: in parts. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { create, type Font } from 'fontkit';

/** In the order in which they are asked; Han characters look Chinese where nothing tells them apart. */
const families = [
  'noto-sans',
  'noto-sans-arabic',
  'noto-sans-hebrew',
  'noto-sans-armenian',
  'noto-sans-georgian',
  'noto-sans-ethiopic',
  'noto-sans-bengali',
  'noto-sans-gurmukhi',
  'noto-sans-gujarati',
  'noto-sans-tamil',
  'noto-sans-telugu',
  'noto-sans-kannada',
  'noto-sans-malayalam',
  'noto-sans-sinhala',
  'noto-sans-thai',
  'noto-sans-lao',
  'noto-sans-myanmar',
  'noto-sans-khmer',
  'noto-sans-sc',
  'noto-sans-jp',
  'noto-sans-kr',
  'noto-sans-symbols',
  'noto-emoji',
] as const;

export interface Typeface {
  /** Path of a WOFF2 file with a weight axis. */
  readonly file: string;
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly typeface: Typeface;
}

const require = createRequire(import.meta.url);
let known: readonly Range[] | null = null;
const found = new Map<number, Typeface | null>();
const characters = new Map<string, ReadonlySet<number>>();

/** Null where no typeface has it. */
export function typefaceOf(codePoint: number): Typeface | null {
  const cached = found.get(codePoint);
  if (cached !== undefined) return cached;
  known ??= families.flatMap(rangesOf);
  const range = known.find(({ first, last, typeface }) => codePoint >= first && codePoint <= last && has(typeface, codePoint));
  found.set(codePoint, range?.typeface ?? null);
  return range?.typeface ?? null;
}

/** The ranges are meant for browsers and promise more than the files hold. */
function has({ file }: Typeface, codePoint: number): boolean {
  const known = characters.get(file) ?? new Set((create(readFileSync(file)) as Font).characterSet);
  characters.set(file, known);
  return known.has(codePoint);
}

/** `unicode.json` of a package: part → "U+0-FF,U+131,…", as in CSS. */
function rangesOf(family: string): Range[] {
  const folder = path.dirname(require.resolve(`@fontsource-variable/${family}/package.json`));
  const parts = JSON.parse(readFileSync(path.join(folder, 'unicode.json'), 'utf8')) as Record<string, string>;
  return Object.entries(parts).flatMap(([part, ranges]) => {
    const typeface = { file: path.join(folder, 'files', `${family}-${part.replace(/[[\]]/g, '')}-wght-normal.woff2`) };
    return ranges.split(',').map((range) => {
      const [first = '', last = first] = range.trim().replace('U+', '').split('-');
      return { first: Number.parseInt(first, 16), last: Number.parseInt(last, 16), typeface };
    });
  });
}
