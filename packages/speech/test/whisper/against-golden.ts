/** Checks that a model of any size must pass. Tolerances: what the two references leave between themselves, with room for another runtime. */
import { expect } from 'vitest';
import type { DecodedRow, Hidden, WhisperModel } from '../../src/whisper/whisper-model.ts';
import { decodingsOf, type GoldenClip, type GoldenDecoding, requestOf } from './golden.ts';

const PROBABILITY = 1e-3;
const AVG_LOG_PROB = 1e-3;
const LOGIT = 1e-3;
/** Below it another order of additions may choose another token. */
const SMALLEST_GAP = 0.01;

export async function expectLogits(model: WhisperModel, hidden: Hidden, { logits: golden }: GoldenClip): Promise<void> {
  const [row] = await model.force(hidden, { sequences: [golden.prompt], logits: true });
  const { vocabulary } = model.facts;
  const rowAt = (index: number) => row?.logits?.subarray(index * vocabulary, (index + 1) * vocabulary) ?? new Float32Array();
  for (const [values, expected] of [
    [rowAt(0), golden.atSot],
    [rowAt(golden.prompt.length - 1), golden.atLast],
  ] as const) {
    for (const [id, logit] of expected.top) expect(Math.abs((values[id] ?? Number.NaN) - logit)).toBeLessThan(LOGIT);
    expect(Math.abs(logSumExp(values) - expected.logsumexp)).toBeLessThan(LOGIT);
  }
}

/** The probability of every language, one forced token each: a decoder that may say nothing else. */
export async function expectLanguages(model: WhisperModel, hidden: Hidden, { language }: GoldenClip): Promise<void> {
  const { languages, sot } = model.facts.tokens;
  const [row] = await model.force(hidden, { sequences: [[sot]], logits: true });
  const ids = [...languages.values()];
  const total = logSumExp(Float32Array.from(ids, (id) => row?.logits?.[id] ?? Number.NaN));
  for (const [code, id] of languages) {
    const probability = Math.exp((row?.logits?.[id] ?? Number.NaN) - total);
    expect(Math.abs(probability - (language.probs[code] ?? Number.NaN)), code).toBeLessThan(PROBABILITY);
  }
  const best = Object.entries(language.probs).reduce((a, b) => (b[1] > a[1] ? b : a));
  const [detected] = await model.decode(hidden, { prompts: [[sot]], timestamps: false, temperature: 0, maxTokens: 1, only: ids });
  expect(detected?.tokens).toEqual([languages.get(best[0])]);
  expect(Math.abs(Math.exp(detected?.logProbs[0] ?? Number.NaN) - best[1])).toBeLessThan(PROBABILITY);
}

export async function expectDecodings(model: WhisperModel, hidden: Hidden, clip: GoldenClip): Promise<number> {
  const decodings = decodingsOf(clip);
  for (const [name, golden] of decodings) {
    const [row] = await model.decode(hidden, requestOf(golden));
    expectRow(row, golden, name);
  }
  return decodings.length;
}

function expectRow(row: DecodedRow | undefined, golden: GoldenDecoding, name: string): void {
  if (!row) throw new Error('No row.');
  expect(Math.abs(row.noSpeechProb - golden.noSpeechProb), name).toBeLessThan(PROBABILITY);
  if (golden.minTopGap === undefined || golden.minTopGap > SMALLEST_GAP) expect(row.tokens, name).toEqual(golden.tokens);
  else if (String(row.tokens) !== String(golden.tokens)) return;
  expect(Math.abs(row.avgLogProb - golden.avgLogprob), name).toBeLessThan(AVG_LOG_PROB);
  expect(row.logProbs.length, name).toBe(golden.tokenLogprobs.length);
  for (const [index, value] of golden.tokenLogprobs.entries()) expect(Math.abs((row.logProbs[index] ?? Number.NaN) - value), name).toBeLessThan(5e-3);
}

function logSumExp(values: Float32Array): number {
  const largest = values.reduce((a, b) => Math.max(a, b));
  return largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
