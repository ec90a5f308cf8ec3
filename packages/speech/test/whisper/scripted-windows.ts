/** Windows of speech, and what a model that says what it is told makes of them. */
import { defaultOptions, type TranscribeOptions, type WindowResult } from '@bulk-transcribe/protocol';
import type { SpeechWindow } from '../../src/vad/pack-windows.ts';
import { whisperRecogniser } from '../../src/whisper/whisper-recogniser.ts';
import { RATE } from '../media.ts';
import { characters, type Question, type Said, type Script, scriptedModel } from './scripted-model.ts';

export const never = new AbortController().signal;
const info = { id: 'w', name: 'W', languages: ['en', 'de'], wordTimes: true, prompt: true, translation: true, license: 'MIT', default: false };

/** `speech` in seconds from the start of the window; every sample says which second of the recording it is of, so that parts are told apart. */
export function windowAt(start: number, length: number, ...speech: [number, number][]): SpeechWindow {
  const samples = new Float32Array(length * RATE);
  for (let second = 0; second < length; second += 1) samples.fill(start + second, second * RATE, (second + 1) * RATE);
  const span = ([from, to]: [number, number]) => ({ start: (start + from) * RATE, end: (start + to) * RATE });
  return { kind: 'window', start: start * RATE, end: (start + length) * RATE, samples, speech: speech.map(span) };
}

export function recogniser(script: Script | Script['says'], options: Partial<TranscribeOptions> = {}, earlier: readonly WindowResult[] = []) {
  const model = scriptedModel(typeof script === 'function' ? { says: script } : script);
  const all = { ...defaultOptions, language: 'en', ...options };
  return { model, ...whisperRecogniser({ info, model, tokenizer: characters }, all, earlier) };
}

export async function recognise(script: Script | Script['says'], windows: SpeechWindow[], options: Partial<TranscribeOptions> = {}) {
  const { recognise, model } = recogniser(script, options);
  const results = await recognise(windows, never);
  return {
    questions: model.questions,
    results: results.map((result) => ({
      ...result,
      segments: result.segments?.map(({ start, end, text }) => `${start / RATE}-${end / RATE} ${text}`),
    })),
  };
}

/** Answers in turn to what is asked of the part that begins in one second of the recording. */
export function inTurn(answers: Record<number, Said[]>): Script['says'] {
  const left = new Map(Object.entries(answers).map(([mark, said]) => [Number(mark), [...said]]));
  return ({ mark }: Question) => {
    const said = left.get(mark)?.shift();
    if (!said) throw new Error(`Nothing is left to say for second ${mark}.`);
    return said;
  };
}

/** A window that an earlier attempt has finished. */
export const finished = ({ text, ...rest }: { readonly text: string } & Partial<WindowResult>): WindowResult => ({
  ...{ index: 0, start: 0, end: 5, language: 'en', warnings: [], ...rest },
  segments: [{ start: 0, end: 5, text, avgLogProb: -0.2, tokens: characters.encode(text), temperature: 0 }],
});
