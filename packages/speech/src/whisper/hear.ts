/** Stretches of audio become texts: hidden states, languages, the decoding policy, the verdict, times. */
import type { Warning } from '@bulk-transcribe/protocol';
import { throwIfCancelled } from '../cancel.ts';
import { seconds } from '../time.ts';
import type { DecodeSetup } from './decode/decode-rows.ts';
import { decodeStretches, rowOf } from './decode/decode-stretches.ts';
import { doubtLanguage } from './doubt-language.ts';
import { judge } from './judge.ts';
import type { LanguageChoice } from './language-choice.ts';
import { type Decoded, type TimedText, timedTexts } from './segments/timed-text.ts';
import type { Stretch } from './stretch.ts';

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
}

/** One answer per stretch, in order. */
export async function hear(stretches: readonly Stretch[], { setup, languages, signal }: Session): Promise<Heard[]> {
  if (stretches.length === 0) return [];
  throwIfCancelled(signal);
  const hidden = await setup.model.encode(stretches.map(({ samples }) => samples));
  throwIfCancelled(signal);
  const batch = { hidden, stretches, languages: await languages.of(stretches, hidden), signal };
  const attempts = await decodeStretches(setup, batch);
  const heard: Heard[] = [];
  for (const [index, stretch] of stretches.entries()) {
    const [attempt, language] = [attempts[index], batch.languages[index]];
    if (!attempt || language === undefined) throw new Error('The model answered fewer stretches than it was given.');
    const doubted = languages.open && stretch.language === null;
    const spoken = doubted ? await doubtLanguage(attempt, rowOf(batch, index), setup) : { attempt, language };
    const item = read(stretch, spoken, setup);
    heard.push(spoken.language === language ? item : { ...item, findings: [...item.findings, changed(stretch, spoken.language)] });
  }
  return heard;
}

const changed = ({ start, end }: Stretch, language: string): Warning => ({
  code: 'language_changed',
  message: `This part is in another language (${language}) than the rest, and was written in it.`,
  start: seconds(start),
  end: seconds(end),
});

function read(stretch: Stretch, { attempt, language }: Pick<Decoded, 'attempt' | 'language'>, setup: DecodeSetup): Heard {
  const verdict = judge(attempt, stretch, (tokens) => setup.tokenizer.decode(tokens));
  const decoded = verdict.attempt && { stretch, attempt: verdict.attempt, language };
  return { stretch, language, decoded, texts: decoded ? timedTexts(decoded, setup) : [], findings: verdict.findings };
}
