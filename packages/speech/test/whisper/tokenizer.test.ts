import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { splitWords } from '../../src/whisper/tokenizer/split-words.ts';
import { openTokenizer } from '../../src/whisper/tokenizer/tokenizer.ts';
import { temporaryFolder } from '../media.ts';
import { describeWithBase, golden } from './base-golden.ts';

interface TokenizerGolden {
  readonly roundTrip: readonly (readonly [text: string, ids: readonly number[]])[];
  readonly partialEmoji: readonly { readonly ids: readonly number[]; readonly text: string }[];
  readonly splitToWordTokens: readonly {
    readonly language: string;
    readonly ids: readonly number[];
    readonly words: readonly string[];
    readonly wordTokens: readonly (readonly number[])[];
  }[];
  readonly decodeWithTimestamps: { readonly ids: readonly number[]; readonly plain: string };
}

async function multilingual(folder: string): Promise<void> {
  const tokenizer = await openTokenizer(path.join(folder, 'tokenizer.json'));
  const cases = await golden<TokenizerGolden>('tokenizer.json');

  it.each(cases.roundTrip)('%j becomes its tokens and comes back', (text, ids) => {
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(text);
  });

  it.each(cases.partialEmoji)('$ids is “$text”', ({ ids, text }) => {
    expect(tokenizer.decode(ids)).toBe(text);
  });

  it.each(cases.splitToWordTokens)('$language: $words', ({ language, ids, words, wordTokens }) => {
    // The last one is the end token, which is no word here.
    const split = splitWords(ids.slice(0, -1), language, tokenizer);
    expect(split.map(({ text }) => text)).toEqual(words.slice(0, -1));
    expect(split.map(({ tokens }) => tokens)).toEqual(wordTokens.slice(0, -1));
  });

  it('control tokens and timestamps carry no text, and text never becomes one', () => {
    const { ids, plain } = cases.decodeWithTimestamps;
    expect(tokenizer.decode(ids)).toBe(plain);
    const written = tokenizer.encode('<|endoftext|>');
    expect(written.length).toBeGreaterThan(1);
    expect(tokenizer.decode(written)).toBe('<|endoftext|>');
  });
}

describeWithBase('the multilingual vocabulary', multilingual);

describe('a small vocabulary', () => {
  const vocab = { a: 0, b: 1, c: 2, ab: 3, abc: 4, Ġ: 5, Ġab: 6, 'Ã©': 7, Ã: 8, '©': 9 };
  const pairs = [
    ['a', 'b'],
    ['Ġ', 'ab'],
    ['ab', 'c'],
    ['Ã', '©'],
  ];
  const file = (merges: unknown, added: unknown = [{ id: 10, content: '<|endoftext|>' }]) =>
    JSON.stringify({ added_tokens: added, model: { vocab, merges } });

  it.each([
    ['pairs', pairs],
    ['text, as older libraries write it', pairs.map((pair) => pair.join(' '))],
  ])('merges given as %s: the lowest rank first', async (_, merges) => {
    await using folder = await temporaryFolder();
    await writeFile(folder.path('tokenizer.json'), file(merges));
    const { encode, decode } = await openTokenizer(folder.path('tokenizer.json'));
    expect(encode('abc abcé')).toEqual([4, 6, 2, 7]);
    expect(decode([4, 6, 2, 10, 7])).toBe('abc abcé');
    expect(decode([8])).toBe('\uFFFD');
  });

  it.each<[string, string | null]>([
    ['missing', null],
    ['no JSON', '{'],
    ['another kind', '{"model":{"type":"Unigram","vocab":[["a",0]]},"added_tokens":[]}'],
    ['without control tokens', JSON.stringify({ model: { vocab, merges: [] } })],
    ['with broken merges', file([['a']])],
    ['with broken ids', JSON.stringify({ added_tokens: [], model: { vocab: { a: 'x' }, merges: [] } })],
  ])('a file that is %s is engine_unavailable', async (_, content) => {
    await using folder = await temporaryFolder();
    if (content !== null) await writeFile(folder.path('tokenizer.json'), content);
    await expect(openTokenizer(folder.path('tokenizer.json'))).rejects.toMatchObject({ code: 'engine_unavailable' });
  });
});
