/** The windows of one recording, batch by batch: the first one may have a prefix, and each may be told the text before it. */
import type { Recogniser, Recognition } from '../recognise/recogniser.ts';
import type { SpeechWindow } from '../vad/pack-windows.ts';
import type { DecodeSetup } from './decode-setup.ts';
import type { LanguageChoice } from './language-choice.ts';
import type { PreviousText } from './previous-text.ts';
import { recogniseBatch } from './recognise-batch.ts';

export interface RecordingParts {
  readonly setup: DecodeSetup;
  readonly languages: LanguageChoice;
  /** Tokens that the text of the first window begins with, if it is still to come. */
  readonly prefix: readonly number[];
  /** Null where windows are told nothing of each other. */
  readonly previous: PreviousText | null;
}

export function recogniseRecording({ setup, languages, prefix, previous }: RecordingParts): Recogniser['recognise'] {
  let opens = prefix.length > 0;
  return async (windows, signal) => {
    const results: Recognition[] = [];
    for (const batch of batchesOf(windows, { alone: previous !== null, opens })) {
      const session = { setup: previous ? { ...setup, context: previous.after(setup.context) } : setup, languages, signal };
      const opening = opens ? { ...session, setup: { ...session.setup, prefix, timestamps: false } } : session;
      opens = false;
      const found = await recogniseBatch(batch, session, opening);
      for (const recognition of found) previous?.add(saidIn(recognition));
      results.push(...found);
    }
    return results;
  };
}

function batchesOf(windows: readonly SpeechWindow[], { alone, opens }: Record<'alone' | 'opens', boolean>): (readonly SpeechWindow[])[] {
  if (alone) return windows.map((window) => [window]);
  return opens ? [windows.slice(0, 1), windows.slice(1)].filter(({ length }) => length > 0) : [windows];
}

const saidIn = ({ segments = [], findings = [] }: Recognition): Parameters<PreviousText['add']>[0] => ({
  segments: segments.flatMap(({ decoding }) => decoding ?? []),
  cut: findings.some(({ code }) => code === 'loop_cut'),
});
