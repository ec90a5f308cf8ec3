/** What the decoder reads before it writes: text that helps, then the language and what to do. */
import type { TranscribeOptions } from '@bulk-transcribe/protocol';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import type { WhisperFacts } from './whisper-model.ts';

/** Tokens that help with names and style; the model takes them for what was said before. */
export interface Context {
  readonly tokens: readonly number[];
  readonly text: string;
  /** There was no room for the beginning of the prompt. */
  readonly shortened: boolean;
}

export const NO_CONTEXT: Context = { tokens: [], text: '', shortened: false };

/** Tokens that may stand in front; as in the reference: half of the context, less startOfPrev. */
export const contextRoom = ({ contextTokens }: WhisperFacts): number => Math.floor(contextTokens / 2) - 1;

type ContextOptions = Pick<TranscribeOptions, 'prompt' | 'glossary'>;

interface Room {
  readonly tokenizer: Tokenizer;
  /** Tokens. */
  readonly room: number;
}

/** What every window is told, and the terms of which each is told its own: all or none, as many are told at once as there is room for. */
export interface ToldContext {
  readonly context: Context;
  readonly glossary: readonly string[];
}

/** The prompt stands last, next to what is heard, and keeps its end where it is too long; the glossary stands before it, in the order given. */
export function contextOf({ prompt, glossary }: ContextOptions, { tokenizer, room }: Room): ToldContext {
  const asked = prompt.trim() ? tokenizer.encode(` ${prompt.trim()}`) : [];
  const own = contextOfTokens(asked.slice(-room), { tokenizer, shortened: asked.length > room });
  const terms = [...new Set(glossary.map((term) => term.trim()).filter(Boolean))];
  const list = tokensOfList(terms, tokenizer);
  if (list.length + own.tokens.length > room) return { context: own, glossary: terms };
  return { context: contextOfTokens([...list, ...own.tokens], { tokenizer, shortened: own.shortened }), glossary: [] };
}

/** As many of `terms` as half of the room holds, the first ones, before the end of `context`. */
export function contextWithTerms(terms: readonly string[], { tokens, shortened }: Context, { tokenizer, room }: Room): Context {
  const most = terms.findLastIndex((_, index) => tokensOfList(terms.slice(0, index + 1), tokenizer).length <= room / 2);
  const list = tokensOfList(terms.slice(0, most + 1), tokenizer);
  return contextOfTokens([...list, ...tokens.slice(-(room - list.length))], { tokenizer, shortened });
}

const contextOfTokens = (tokens: readonly number[], { tokenizer, shortened }: Pick<Room, 'tokenizer'> & Pick<Context, 'shortened'>): Context => ({
  tokens,
  text: tokenizer.decode(tokens),
  shortened,
});

const tokensOfList = (terms: readonly string[], tokenizer: Tokenizer): number[] =>
  terms.length > 0 ? tokenizer.encode(` ${terms.join(', ')}.`) : [];

export interface PromptParts {
  readonly context: readonly number[];
  /** Whisper code; of no use in an English-only model. */
  readonly language: string;
  readonly task: TranscribeOptions['task'];
  /** Whether timestamps follow. */
  readonly timestamps: boolean;
}

/** [startOfPrev, context …,] sot [, language, task] [, noTimestamps] */
export function promptTokens({ tokens }: WhisperFacts, { context, language, task, timestamps }: PromptParts): number[] {
  const before = context.length > 0 ? [tokens.startOfPrev, ...context] : [];
  const spoken = tokens.languages.get(language);
  const work = task === 'translate' ? tokens.translate : tokens.transcribe;
  const wish = spoken === undefined ? [] : [spoken, ...(work === null ? [] : [work])];
  return [...before, tokens.sot, ...wish, ...(timestamps ? [] : [tokens.noTimestamps])];
}
