/** What the next window is told of those before it, as OpenAI does: their tokens with timestamps, as many of the last as there is room for. */
import type { Segment } from '@bulk-transcribe/protocol';
import type { Context } from './prompt.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';

/** OpenAI: a text that was sampled wildly is told to nobody. */
const TAME = 0.5;

export interface PreviousOptions {
  readonly tokenizer: Tokenizer;
  readonly eot: number;
  /** Tokens that may stand in front of a window. */
  readonly room: number;
}

export class PreviousText {
  readonly #options: PreviousOptions;
  #tokens: readonly number[] = [];

  constructor(options: PreviousOptions) {
    this.#options = options;
  }

  /** In order of time. A window that was cut or sampled wildly would lead the next one astray: then all is forgotten. */
  add({ segments, cut }: { readonly segments: readonly Pick<Segment, 'tokens' | 'temperature'>[]; readonly cut: boolean }): void {
    const wild = cut || segments.some(({ temperature = 0 }) => temperature > TAME);
    this.#tokens = wild ? [] : [...this.#tokens, ...segments.flatMap(({ tokens = [] }) => tokens)].slice(-this.#options.room);
  }

  /** Behind the user's own prompt, which stays. */
  after(own: Context): Context {
    const { tokenizer, eot, room } = this.#options;
    const left = room - own.tokens.length;
    const tokens = [...own.tokens, ...(left > 0 ? this.#tokens.slice(-left) : [])];
    return { ...own, tokens, text: tokenizer.decode(tokens.filter((token) => token < eot)) };
  }
}
