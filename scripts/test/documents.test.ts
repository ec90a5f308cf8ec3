/** What the documents promise by the name of a test has that test. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const documents = ['docs/failure-modes.md', 'docs/backup.md'];

interface NamedTest {
  readonly file: string;
  readonly title: string;
}

/** `` `path/to.test.ts` › words of the test ``, up to the end of the cell or line. */
const namedTests = (document: string): NamedTest[] =>
  [...readFileSync(path.join(root, document), 'utf8').matchAll(/`([\w./-]+\.ts)` › ([^|\n]+?)\.?\s*(?=\||\n|$)/g)].map(
    ([, file = '', title = '']) => ({
      file,
      title,
    }),
  );

/** The titles as they stand in the source of the file. */
const titlesIn = (file: string): string[] =>
  [...readFileSync(path.join(root, file), 'utf8').matchAll(/\b(?:test|it)(?:\.\w+(?:\([^()]*\))?)?\(\s*(['"`])(.*?)\1,/gs)].map(
    ([, , title = '']) => title,
  );

describe.each(documents)('%s', (document) => {
  const named = namedTests(document);

  it('names a test in every row or section that promises something', () => {
    const text = readFileSync(path.join(root, document), 'utf8');
    const rows = text.split('\n').filter((line) => line.startsWith('| ') && !/^\| (---|what happens|folder|`)/.test(line));
    const promises = rows.length > 0 ? rows.length : text.split('Tried by').length - 1;
    expect(named).toHaveLength(promises);
    expect(promises).toBeGreaterThan(0);
  });

  it.each(named)('$file › $title', ({ file, title }) => {
    expect(existsSync(path.join(root, file)), file).toBe(true);
    expect(titlesIn(file)).toContain(title);
  });
});
