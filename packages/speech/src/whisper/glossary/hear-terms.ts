/** A glossary that is too long to be told before every window: each is heard once without it, then again with the terms that this sounds like. */
import { type Attempt, isSound } from '../decode/attempt.ts';
import { type Batch, decodeStretches, rowOf } from '../decode/decode-stretches.ts';
import type { DecodeSetup } from '../decode-setup.ts';
import { contextWithTerms } from '../prompt.ts';
import { similarTerms } from './similar-terms.ts';

/** `firsts`: what was heard without the glossary, one per stretch. On the hidden states already there. */
export async function hearTerms(firsts: readonly Attempt[], setup: DecodeSetup, batch: Batch): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (const [index, first] of firsts.entries()) {
    const terms = similarTerms(first.text, setup.glossary);
    attempts.push(terms.length === 0 ? first : await heardWith(terms, first, { setup, one: rowOf(batch, index) }));
  }
  return attempts;
}

interface One {
  readonly setup: DecodeSetup;
  /** A batch of one stretch. */
  readonly one: Batch;
}

/** What the terms make less probable was not meant. */
async function heardWith(terms: readonly string[], first: Attempt, { setup, one }: One): Promise<Attempt> {
  const context = contextWithTerms(terms, setup.context, { tokenizer: setup.tokenizer, room: setup.room });
  const [again] = await decodeStretches({ ...setup, context }, one);
  return again && isSound(again) && again.row.avgLogProb >= first.row.avgLogProb ? again : first;
}
