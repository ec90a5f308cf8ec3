import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { sumOfErrors, wordErrors, wrongWords } from '../apps/cli/src/bench/word-errors.ts';
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
  /** Recordings in which nothing is said … */
  readonly silent: number;
  /** … and text that came out of them. */
  readonly invented: readonly { readonly id: string; readonly text: string }[];
}

type Texts = Readonly<Record<string, string | { readonly text: string; readonly language: string | null }>>;
type Scorer = (manifest: unknown, texts: Texts, onlyGiven: boolean) => Omit<Score, 'silent'>;

const textOf = (given: Texts[string] = ''): string => (typeof given === 'string' ? given : given.text);

/** By the scorer of the development data; without it word by word, as they stand. */
export async function scoreTexts({ scorer, folder, entries }: Recordings, texts: Texts): Promise<Score> {
  const silent = entries.filter(({ text }) => text === '').length;
  if (scorer) {
    const { score } = (await import(pathToFileURL(scorer).href)) as { score: Scorer };
    const manifest: unknown = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8'));
    const { groups, invented } = score(manifest, texts, true);
    return { groups, silent, invented };
  }
  const errors = sumOfErrors(entries.map(({ id, text }) => wordErrors(text ?? '', textOf(texts[id]))));
  const { words: n, substituted: s, deleted: d, inserted: i } = errors;
  return { groups: { samples: { entries: entries.length, n, s, d, i, rate: wrongWords(errors) / n } }, silent, invented: [] };
}
