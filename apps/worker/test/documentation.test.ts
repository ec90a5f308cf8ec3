import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { settingsTable } from '../src/config.ts';

const page = readFileSync(new URL('../../../docs/worker.md', import.meta.url), 'utf8');

/** Rows of the table of variables: names and default. */
const rows = page
  .slice(page.indexOf('## Variables'))
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, names = '', value = '']) => ({ names: [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name), value }));

describe('docs/worker.md', () => {
  it('has every variable, and no other', () => {
    const documented = rows.flatMap(({ names }) => names);
    expect(documented.toSorted()).toEqual(Object.keys(settingsTable).toSorted());
  });

  it('names the default of each', () => {
    for (const { names, value } of rows) {
      for (const name of names) {
        const { defaultText } = settingsTable[name as keyof typeof settingsTable];
        expect(value, name).toBe(defaultText || (value === 'set by RunPod' ? value : 'not set'));
      }
    }
  });
});
