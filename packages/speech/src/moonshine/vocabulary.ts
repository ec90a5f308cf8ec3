/**
 * Tokens of Moonshine: the 32 000 pieces of Llama 1 (0 unknown, 1 begin, 2 end, 3–258 single bytes, then text in which
 * U+2581 stands for a blank) and 768 special ids above, which carry no text.
 */
import llama from 'llama-tokenizer-js';

export const BEGIN = 1;
export const END = 2;

const FIRST_BYTE = 3;
const FIRST_TEXT = 259;
const FIRST_SPECIAL = 32_000;

const utf8 = new TextEncoder();

/** A character may be spread over several byte tokens, so all bytes are joined first and read as UTF-8 once. */
export function textOf(tokens: readonly number[]): string {
  return new TextDecoder().decode(Uint8Array.from(tokens.flatMap(bytesOf))).trim();
}

/** A blank begins a word; single bytes and special ids go on with it. */
export const startsWord = (token: number): boolean =>
  token >= FIRST_TEXT && token < FIRST_SPECIAL && (llama.vocabById[token] ?? '').startsWith('\u2581');

function bytesOf(token: number): number[] {
  if (token < FIRST_BYTE || token >= FIRST_SPECIAL) return [];
  if (token < FIRST_TEXT) return [token - FIRST_BYTE];
  return [...utf8.encode((llama.vocabById[token] ?? '').replaceAll('\u2581', ' '))];
}
