/** Tokens as words, as the reference implementation of Whisper splits them: what follows a blank is a word, a mark stands alone. */
import type { Tokenizer } from './tokenizer.ts';

/** A run of tokens and its text, blanks included. */
export interface TokenWord {
  readonly text: string;
  readonly tokens: readonly number[];
}

/** Whisper codes of languages written without blanks between words: every character that tokens can be cut at is a word. */
const WITHOUT_BLANKS: ReadonlySet<string> = new Set(['zh', 'ja', 'th', 'lo', 'my', 'yue']);
/** ASCII punctuation in code order. */
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
const CUT_CHARACTER = '\uFFFD';

export function splitWords(tokens: readonly number[], language: string, tokenizer: Tokenizer): TokenWord[] {
  const characters = splitCharacters(tokens, tokenizer);
  return WITHOUT_BLANKS.has(language) ? characters : joinUpToBlanks(characters);
}

/** Shortest runs of tokens that hold whole characters. */
function splitCharacters(tokens: readonly number[], tokenizer: Tokenizer): TokenWord[] {
  const whole = tokenizer.decode(tokens);
  const pieces: TokenWord[] = [];
  let open: number[] = [];
  let length = 0;
  for (const token of tokens) {
    open.push(token);
    const text = tokenizer.decode(open);
    const cut = text.indexOf(CUT_CHARACTER);
    // The text may really hold that character.
    if (cut >= 0 && whole[length + cut] !== CUT_CHARACTER) continue;
    pieces.push({ text, tokens: open });
    length += text.length;
    open = [];
  }
  return open.length > 0 ? [...pieces, { text: tokenizer.decode(open), tokens: open }] : pieces;
}

function joinUpToBlanks(pieces: readonly TokenWord[]): TokenWord[] {
  const words: TokenWord[] = [];
  for (const piece of pieces) {
    const last = words.at(-1);
    const opens = piece.text.startsWith(' ') || PUNCTUATION.includes(piece.text.trim());
    if (!last || opens) words.push(piece);
    else words[words.length - 1] = { text: last.text + piece.text, tokens: [...last.tokens, ...piece.tokens] };
  }
  return words;
}
