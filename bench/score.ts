import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Recordings } from './recordings.ts';

/** Words of a group of recordings: substituted, deleted, inserted, of `n`. */
interface GroupScore {
  readonly entries: number;
  readonly n: number;
  readonly s: number;
  readonly d: number;
  readonly i: number;
  readonly rate: number;
}

export interface Score {
  readonly groups: Readonly<Record<string, GroupScore>>;
  /** Text where nothing is said. */
  readonly invented: readonly { readonly id: string; readonly text: string }[];
}

type Texts = Readonly<Record<string, string | { readonly text: string; readonly language: string | null }>>;
type Scorer = (manifest: unknown, texts: Texts, onlyGiven: boolean) => Score;

const textOf = (given: Texts[string] = ''): string => (typeof given === 'string' ? given : given.text);

/** By the scorer of the development data; without it, whether the words of the sample are all right. */
export async function scoreTexts({ scorer, folder, entries }: Recordings, texts: Texts): Promise<Score> {
  if (scorer) {
    const { score } = (await import(pathToFileURL(scorer).href)) as { score: Scorer };
    const manifest: unknown = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8'));
    const { groups, invented } = score(manifest, texts, true);
    return { groups, invented };
  }
  const words = (text: string) => text.toLowerCase().match(/[a-z']+/g) ?? [];
  const right = entries.every(({ id, text }) => words(textOf(texts[id])).join(' ') === words(text ?? '').join(' '));
  const n = words(entries[0]?.text ?? '').length;
  return { groups: { sample: { entries: 1, n, s: right ? 0 : n, d: 0, i: 0, rate: right ? 0 : 1 } }, invented: [] };
}
