import llama from 'llama-tokenizer-js';
import { expect, it } from 'vitest';
import { BEGIN, END, textOf } from '../src/moonshine/vocabulary.ts';

it.each(['Ask not what your country can do for you.', 'In 1813, 42 % said “no”.', 'naïve café, 日本語, 🙂 and ẞ'])('reads back “%s”', (text) => {
  expect(textOf(llama.encode(text))).toBe(text);
});

it('joins the bytes of a character that is spread over several tokens', () => {
  const bytes = [...new TextEncoder().encode('🙂')].map((byte) => byte + 3);
  expect(textOf(bytes)).toBe('🙂');
});

it('control tokens and special ids have no text', () => {
  expect(textOf([BEGIN, 0, 32_000, 32_767, END])).toBe('');
});
