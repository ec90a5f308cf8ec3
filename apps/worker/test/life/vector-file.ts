import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../vectors/', import.meta.url);

/** The cases of a contract vector, each with its id. */
export const casesOf = <T extends { readonly id: string }>(name: string): readonly T[] =>
  (JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as { cases: T[] }).cases;

/** The vector files that are there, by name. */
export const vectorFiles = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .toSorted();

/** Names of the vector files with the hash that ORIGIN.md gives and the one that the file has. */
export function vectorHashes(): { name: string; documented: string; found: string }[] {
  const rows = [...readFileSync(new URL('ORIGIN.md', folder), 'utf8').matchAll(/`([\w-]+\.json)` \| `(\w{64})`/g)];
  return rows.map(([, name = '', documented = '']) => {
    const found = createHash('sha256')
      .update(readFileSync(new URL(name, folder)))
      .digest('hex');
    return { name, documented, found };
  });
}
