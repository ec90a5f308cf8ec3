import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const folder = new URL('../vectors/', import.meta.url);

/** The cases of a contract vector, each with its id. */
export const casesOf = <T extends { readonly id: string }>(name: string): readonly T[] =>
  (JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as { cases: T[] }).cases;

/** A test for each row of a vector. One that has neither a test nor a reason why it is not ours fails. */
export function testRows<T extends { readonly id: string }>(
  name: string,
  tests: Readonly<Record<string, (row: T) => void | Promise<void>>>,
  notOurs: Readonly<Record<string, string>> = {},
): void {
  const rows = casesOf<T>(name);
  it(`${name}: every row has a test, or a reason why it is not ours`, () => {
    expect([...Object.keys(tests), ...Object.keys(notOurs)].toSorted()).toEqual(rows.map(({ id }) => id).toSorted());
  });
  for (const row of rows) if (tests[row.id]) it(row.id, async () => await tests[row.id]?.(row));
}

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
