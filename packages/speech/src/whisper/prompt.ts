/** What the decoder reads before it writes: text that helps, then the language and what to do. */
import type { TranscribeOptions } from '@bulk-transcribe/protocol';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import type { WhisperFacts } from './whisper-model.ts';

/** Tokens that help with names and style; the model takes them for what was said before. */
export interface Context {
  readonly tokens: readonly number[];
  readonly text: string;
  /** Glossary terms, or the beginning of the prompt, for which there was no room. */
  readonly shortened: boolean;
}

export const NO_CONTEXT: Context = { tokens: [], text: '', shortened: false };

/** Tokens that may stand in front; as in the reference: half of the context, less startOfPrev. */
export const contextRoom = ({ contextTokens }: WhisperFacts): number => Math.floor(contextTokens / 2) - 1;

type ContextOptions = Pick<TranscribeOptions, 'prompt' | 'glossary'>;

/**
 * The prompt stands last, next to what is heard, and keeps its end where it is too long; whole glossary terms stand before
 * it, in the order given, as many as fit.
 */
export function contextOf({ prompt, glossary }: ContextOptions, { tokenizer, room }: { tokenizer: Tokenizer; room: number }): Context {
  const asked = prompt.trim() ? tokenizer.encode(` ${prompt.trim()}`) : [];
  const tail = asked.slice(-room);
  const terms = fittingTerms(glossary, room - tail.length, tokenizer);
  const list = terms.kept.length > 0 ? tokenizer.encode(listText(terms.kept)) : [];
  const tokens = [...list, ...tail];
  return { tokens, text: tokenizer.decode(tokens), shortened: terms.left > 0 || asked.length > room };
}

const listText = (terms: readonly string[]): string => ` ${terms.join(', ')}.`;

function fittingTerms(glossary: readonly string[], room: number, tokenizer: Tokenizer): { kept: string[]; left: number } {
  const terms = [...new Set(glossary.map((term) => term.trim()).filter(Boolean))];
  const kept: string[] = [];
  for (const term of terms) {
    if (tokenizer.encode(listText([...kept, term])).length > room) break;
    kept.push(term);
  }
  return { kept, left: terms.length - kept.length };
}

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
