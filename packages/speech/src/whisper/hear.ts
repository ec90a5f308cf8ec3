/** Stretches of audio become texts: hidden states, languages, the decoding policy, the verdict, times. */
import type { Warning } from '@bulk-transcribe/protocol';
import { throwIfCancelled } from '../cancel.ts';
import { seconds } from '../time.ts';
import { isSparse, withoutScores, withScores } from './audit/sparse-text.ts';
import type { Attempt } from './decode/attempt.ts';
import { type Batch, decodeStretches, rowOf } from './decode/decode-stretches.ts';
import type { DecodeSetup } from './decode-setup.ts';
import { doubtLanguage } from './doubt-language.ts';
import { hearTerms } from './glossary/hear-terms.ts';
import { joinHidden } from './hidden.ts';
import { judge } from './judge.ts';
import { type LanguageChoice, VOTERS } from './language-choice.ts';
import { type Decoded, type TimedText, timedTexts } from './segments/timed-text.ts';
import type { Stretch } from './stretch.ts';
import type { Hidden, WhisperModel } from './whisper-model.ts';

export interface Session {
  readonly setup: DecodeSetup;
  readonly languages: LanguageChoice;
  readonly signal: AbortSignal;
}

/** What was made of one stretch. */
export interface Heard {
  readonly stretch: Stretch;
  readonly language: string;
  /** Null where nothing counts as text. */
  readonly decoded: Decoded | null;
  readonly texts: readonly TimedText[];
  readonly findings: readonly Warning[];
  /** Of the stretch; null where nothing goes on from it. */
  readonly hidden: Hidden | null;
}

/** Windows that are heard together. All that vote on the language, even where memory makes the model take them in parts: no text may hang on free memory. */
export const togetherOf = ({ batchSize }: Pick<WhisperModel, 'batchSize'>): number => Math.max(batchSize, VOTERS);

/** One answer per stretch, in order. */
export async function hear(stretches: readonly Stretch[], session: Session): Promise<Heard[]> {
  const heard: Heard[] = [];
  while (heard.length < stretches.length) {
    heard.push(...(await hearBatch(stretches.slice(heard.length, heard.length + togetherOf(session.setup.model)), session)));
  }
  return heard;
}

async function hearBatch(stretches: readonly Stretch[], { setup, languages, signal }: Session): Promise<Heard[]> {
  throwIfCancelled(signal);
  const hidden = await encoded(stretches, setup.model);
  throwIfCancelled(signal);
  const batch = { hidden, stretches, languages: await languages.of(stretches, hidden), signal };
  const attempts = await hearTerms(await decodeStretches(setup, batch), setup, batch);
  const heard: Heard[] = [];
  for (const [index, attempt] of attempts.entries()) {
    heard.push(await settle(attempt, rowOf(batch, index), { setup, languages, signal }));
  }
  return heard;
}

/** What was encoded before is taken as it is. */
async function encoded(stretches: readonly Stretch[], model: WhisperModel): Promise<Hidden> {
  const known = stretches.flatMap(({ hidden }) => hidden ?? []);
  if (known.length === stretches.length) return joinHidden(known);
  if (known.length > 0) throw new Error('A batch is encoded before, or it is not.');
  return model.encode(stretches.map(({ samples }) => samples));
}

/** `one` is a batch of one stretch. */
async function settle(first: Attempt, one: Batch, { setup, languages }: Session): Promise<Heard> {
  const [[stretch], [expected]] = [one.stretches, one.languages];
  if (!stretch || expected === undefined) throw new Error('The model answered more stretches than it was given.');
  const doubted = languages.open && stretch.language === null;
  const { attempt, language } = doubted ? await doubtLanguage(first, one, setup) : { attempt: first, language: expected };
  const verdict = judge(attempt, stretch, (tokens) => setup.tokenizer.decode(tokens));
  const decoded = verdict.attempt && (await located({ stretch, attempt: verdict.attempt, language }, one, setup));
  const findings = language === expected ? verdict.findings : [...verdict.findings, changed(stretch, language)];
  return { stretch, language, decoded, texts: decoded ? timedTexts(decoded, setup) : [], findings, hidden: one.hidden };
}

/** With the scores that tell where its words were said, if that was asked for or something may be missing between them. */
async function located(decoded: Decoded, { hidden }: Batch, { model, wordTimes }: DecodeSetup): Promise<Decoded> {
  const { attempt } = decoded;
  if (!wordTimes && !isSparse(decoded, model.facts)) return { ...decoded, attempt: withoutScores(attempt) };
  if (attempt.row.alignment || model.facts.alignmentHeads.length === 0) return decoded;
  return { ...decoded, attempt: await withScores(attempt, hidden, model) };
}

const changed = ({ from, end }: Stretch, language: string): Warning => ({
  code: 'language_changed',
  message: `This part is in another language (${language}) than the rest, and was written in it.`,
  start: seconds(from),
  end: seconds(end),
});
