/** Decodes hidden states once, and reads the rows. */
import { SAMPLE_RATE } from '../../decode/decoder.ts';
import type { Context } from '../prompt.ts';
import { promptTokens } from '../prompt.ts';
import type { Stretch } from '../stretch.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { DecodedRow, Hidden, WhisperModel } from '../whisper-model.ts';
import type { Attempt } from './attempt.ts';
import { echoes } from './echo.ts';

/** What does not change while a recording is decoded. */
export interface DecodeSetup {
  readonly model: WhisperModel;
  readonly tokenizer: Tokenizer;
  readonly context: Context;
  readonly task: 'transcribe' | 'translate';
  readonly beams: number;
  readonly temperature: number;
  readonly fallBack: boolean;
  readonly wordTimes: boolean;
}

export interface DecodeOnce {
  readonly hidden: Hidden;
  readonly stretches: readonly Stretch[];
  /** Whisper code of each stretch. */
  readonly languages: readonly string[];
  readonly temperature: number;
  readonly withContext: boolean;
  /** Short stretches may have as many tokens as long ones. */
  readonly unlimited?: boolean;
}

/** Speech with tokens for whole syllables has at most about 10 a second. The limit only keeps short stretches from looping long. */
const TOKENS_PER_SECOND = 20;
const EXTRA_TOKENS = 24;

export async function decodeRows(setup: DecodeSetup, once: DecodeOnce): Promise<Attempt[]> {
  const { model, task, beams } = setup;
  const { hidden, stretches, languages, temperature, withContext } = once;
  const context = withContext ? setup.context.tokens : [];
  const prompts = languages.map((language) => promptTokens(model.facts, { context, language, task }));
  const most = mostTokens(model, prompts);
  const limits = stretches.map(({ samples }) => (once.unlimited ? most : Math.min(most, shortLimit(samples.length))));
  const rows = await model.decode(hidden, {
    prompts,
    timestamps: true,
    temperature,
    seed: stretches.map(({ start }) => start),
    beams: temperature === 0 ? beams : 1,
    maxTokens: Math.max(...limits),
    alignment: setup.wordTimes,
  });
  return rows.map((row, index) => attemptOf({ row: cutRow(row, limits[index] ?? most), prompt: prompts[index] ?? [] }, setup, once));
}

/** As in the reference: half of the context, and what the prompt leaves of it. */
const mostTokens = ({ facts }: WhisperModel, prompts: readonly (readonly number[])[]): number =>
  Math.min(Math.floor(facts.contextTokens / 2), facts.contextTokens - Math.max(...prompts.map((prompt) => prompt.length)));

const shortLimit = (samples: number): number => EXTRA_TOKENS + Math.ceil((TOKENS_PER_SECOND * samples) / SAMPLE_RATE);

/** The limit of a batch is that of its longest stretch: each row is cut to its own, so that no row depends on its neighbours. */
function cutRow(row: DecodedRow, limit: number): DecodedRow {
  if (row.tokens.length <= limit) return row;
  const logProbs = row.logProbs.slice(0, limit);
  const sumLogProb = logProbs.reduce((sum, value) => sum + value, 0);
  return { ...row, tokens: row.tokens.slice(0, limit), logProbs, sumLogProb, avgLogProb: sumLogProb / (limit + 1) };
}

interface Answer {
  readonly row: DecodedRow;
  readonly prompt: readonly number[];
}

function attemptOf({ row, prompt }: Answer, { model, tokenizer, context }: DecodeSetup, { temperature, withContext }: DecodeOnce): Attempt {
  const text = tokenizer.decode(row.tokens.filter((token) => token < model.facts.tokens.eot)).trim();
  return { row, prompt, text, temperature, ended: row.logProbs.length > row.tokens.length, echo: withContext && echoes(text, context.text) };
}
