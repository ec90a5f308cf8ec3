import { describe, expect, it } from 'vitest';
import { excerpt, marksOf, termsOf } from '../../src/search/terms.ts';
import { wordsOf } from '../../src/search/words.ts';

const marked = (text: string, query: string): string[] => marksOf(text, termsOf(query)).map(([from, to]) => text.slice(from, to));

describe('words of a text', () => {
  it.each([
    ['case and accents do not count', 'ÉCOLE İstanbul Zürich', ['ecole', 'istanbul', 'zurich']],
    ['signs are no words', '“Don’t” -- 3,5 % --> e-mail', ['don', 't', '3', '5', 'e', 'mail']],
    ['vowel signs of Arabic do not count', 'سَلَامٌ عليكم', ['سلام', 'عليكم']],
    ['scripts without blanks are cut into characters', '北京2024 ไทย', ['北', '京', '2024', 'ไ', 'ท', 'ย']],
    ['half characters and quotes of SQL are not let through', "a\ud83c'b \\ c\0", ['a', 'b', 'c']],
  ])('%s', (_what, text, expected) => {
    expect(wordsOf(text).map(({ word }) => word)).toEqual(expected);
  });

  it('are cut where a database would refuse them', () => {
    expect(wordsOf('x'.repeat(5000)).map(({ word }) => word.length)).toEqual([200]);
  });
});

describe('what is sought', () => {
  it('is found where the words are, in the letters of the text', () => {
    expect(marked('In Zürich the banks, in ZURICH the interviews.', 'zurich bank in')).toEqual(['In', 'Zürich', 'banks', 'in', 'ZURICH']);
  });

  it('in quotes stands next to each other and is no beginning', () => {
    expect(marked('The bank of the bank, the banks', '"the bank"')).toEqual(['The bank', 'the bank']);
    expect(marked('他在北京大学上学，不在北大', '北京大学')).toEqual(['北京大学']);
  });

  it('is nothing where there are no words', () => {
    expect(termsOf(' "" -- !')).toEqual([]);
  });
});

describe('an excerpt', () => {
  it('of a long line holds the first mark, in place', () => {
    const text = `${'before '.repeat(100)}needle ${'after '.repeat(100)}`;
    const cut = excerpt(text, termsOf('needle'));
    expect(cut.text.length).toBeLessThan(260);
    expect(cut.text).toMatch(/^…before .* needle after .*…$/);
    expect(cut.marks.map(([from, to]) => cut.text.slice(from, to))).toEqual(['needle']);
  });

  it('of a short line is the line', () => {
    expect(excerpt('A needle.', termsOf('needle'))).toEqual({ text: 'A needle.', marks: [[2, 8]] });
  });
});
