/** Decodes hidden states once, and reads the rows. */
import { SAMPLE_RATE } from '../../decode/decoder.ts';
import { FRAME } from '../constants.ts';
import type { DecodeSetup } from '../decode-setup.ts';
import { promptTokens } from '../prompt.ts';
import type { Stretch } from '../stretch.ts';
import type { DecodedRow, Hidden, WhisperModel } from '../whisper-model.ts';
import { type Attempt, toAttempt } from './attempt.ts';
import { bestRows } from './best-rows.ts';
import { cutRow } from './cut-row.ts';
import { echoes } from './echo.ts';

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
  const { model, prefix } = setup;
  const { hidden, stretches, temperature } = once;
  const prompts = promptsOf(setup, once);
  const most = mostTokens(model, prompts, prefix.length);
  const limits = stretches.map(({ from, end }) => (once.unlimited ? most : Math.min(most, shortLimit(end - from))));
  const rows = await bestRows(setup, hidden, {
    prompts: prompts.map((prompt) => [...prompt, ...prefix]),
    timestamps: setup.timestamps,
    temperature,
    seed: stretches.map(({ from }) => from),
    from: stretches.map(({ start, from }) => Math.round((from - start) / FRAME)),
    beams: temperature === 0 ? setup.beams : 1,
    patience: setup.patience,
    lengthPenalty: setup.lengthPenalty,
    suppress: setup.suppress,
    maxTokens: Math.max(...limits),
    alignment: wantsScores(setup),
  });
  return rows.map((row, index) => {
    const whole = withPrefix(cutRow(row, limits[index] ?? most), prefix);
    return attemptOf({ row: whole, prompt: prompts[index] ?? [] }, setup, once);
  });
}

/** One token at a time they come on the way, and the audit may ask for them; beams would have to be read once more. Those of a prefix are not among them. */
const wantsScores = ({ model: { facts }, prefix, beams, wordTimes }: DecodeSetup): boolean =>
  prefix.length === 0 && facts.alignmentHeads.length > 0 && (wordTimes || beams === 1);

function promptsOf({ model, task, timestamps, context }: DecodeSetup, { languages, withContext }: DecodeOnce): number[][] {
  const before = withContext ? context.tokens : [];
  return languages.map((language) => promptTokens(model.facts, { context: before, language, task, timestamps }));
}

/** A prefix is text like any other; nobody doubts it. */
const withPrefix = (row: DecodedRow, prefix: readonly number[]): DecodedRow =>
  prefix.length === 0 ? row : { ...row, tokens: [...prefix, ...row.tokens], logProbs: [...prefix.map(() => 0), ...row.logProbs] };

/** As in the reference: half of the context, and what the prompt leaves of it. */
const mostTokens = ({ facts }: WhisperModel, prompts: readonly (readonly number[])[], prefix: number): number =>
  Math.min(Math.floor(facts.contextTokens / 2), facts.contextTokens - prefix - Math.max(...prompts.map((prompt) => prompt.length)));

const shortLimit = (samples: number): number => EXTRA_TOKENS + Math.ceil((TOKENS_PER_SECOND * samples) / SAMPLE_RATE);

interface Answer {
  readonly row: DecodedRow;
  readonly prompt: readonly number[];
}

function attemptOf(
  { row, prompt }: Answer,
  { model, tokenizer, context, thresholds }: DecodeSetup,
  { temperature, withContext }: DecodeOnce,
): Attempt {
  const isText = (token: number) => token < model.facts.tokens.eot;
  const text = tokenizer.decode(row.tokens.filter(isText)).trim();
  const wordsLogProb = mean(row.logProbs.filter((_, at) => isText(row.tokens[at] ?? Number.POSITIVE_INFINITY)));
  return toAttempt({ row, prompt, text, temperature, echo: withContext && echoes(text, context.text), wordsLogProb }, thresholds);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
