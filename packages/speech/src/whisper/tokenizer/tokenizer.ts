/** Text to tokens and back, by the byte-level BPE of a checkpoint. */
import { toBytes, toLetters } from './byte-alphabet.ts';
import { mergePairs } from './merge-pairs.ts';
import { readVocabulary } from './tokenizer-file.ts';

export interface Tokenizer {
  /** Plain text only: what looks like a control token is text too. */
  readonly encode: (text: string) => number[];
  /** Text of the tokens; control tokens carry none. A character of which a part is missing becomes U+FFFD. */
  readonly decode: (tokens: readonly number[]) => string;
}

/** Merging never crosses the borders of these pieces (GPT-2). White space as Unicode has it: that of JavaScript's `\s` differs. */
const PIECES = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

const utf8 = new TextEncoder();

/** Rejects with engine_unavailable. */
export async function openTokenizer(file: string): Promise<Tokenizer> {
  const { ids, ranks, control } = await readVocabulary(file);
  const bytes = new Map<number, Uint8Array>();
  for (const [letters, id] of ids) {
    const entry = control.has(id) ? null : toBytes(letters);
    if (entry) bytes.set(id, entry);
  }
  const encodePiece = (piece: string): number[] =>
    mergePairs(toLetters(utf8.encode(piece)), ranks).flatMap((token) => {
      const id = ids.get(token);
      return id === undefined ? [] : [id];
    });
  return {
    encode: (text) => (text.match(PIECES) ?? []).flatMap(encodePiece),
    decode: (tokens) => decodeUtf8(tokens.flatMap((token) => [...(bytes.get(token) ?? [])])),
  };
}

/** The byte order mark is text here: a decoder that swallowed it would shift what follows. */
const decodeUtf8 = (bytes: readonly number[]): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
