import type { Fallback, ModelInfo, TranscribeOptions, Warning } from '@bulk-transcribe/protocol';
import { SAMPLE_RATE } from '../decode/decoder.ts';
import { seconds } from '../time.ts';
import type { SpeechWindow } from '../vad/pack-windows.ts';
import type { Recognition } from './recogniser.ts';

/** Mean over the recording. English speech lies at -0.12 in the median and never below -0.67; most other languages below -0.7. */
const FOREIGN_LOG_PROB = -0.7;
/** Samples (1 s). Shorter sounds without text are coughs and clicks. */
const NOTEWORTHY = SAMPLE_RATE;

export function optionWarnings(options: TranscribeOptions, model: ModelInfo): Warning[] {
  const warnings: Warning[] = [];
  if (options.prompt && !model.prompt) warnings.push({ code: 'prompt_ignored', message: `${model.name} cannot use a prompt; it was left out.` });
  if (options.glossary.length > 0 && !model.prompt) {
    warnings.push({ code: 'prompt_ignored', message: `${model.name} cannot use a glossary; it was left out.` });
  }
  if (options.temperature > 0 && !model.prompt) {
    warnings.push({ code: 'temperature_ignored', message: `${model.name} always gives the most probable text; the temperature was left out.` });
  }
  return warnings;
}

export function windowWarnings(window: SpeechWindow, recognition: Recognition): Warning[] {
  if (recognition.findings) return [...recognition.findings];
  const place = { start: seconds(window.start), end: seconds(window.end) };
  const warnings: Warning[] = [];
  if (recognition.loopCut) warnings.push({ code: 'loop_cut', message: 'The text ran in a circle here and was cut; words may be missing.', ...place });
  const heard = window.speech.reduce((sum, { start, end }) => sum + end - start, 0);
  if (!recognition.text && heard > NOTEWORTHY) {
    warnings.push({ code: 'speech_without_text', message: 'This sounds like speech, but no text was recognised.', ...place });
  }
  return warnings;
}

interface Findings {
  readonly windows: number;
  /** Whether something was recognised, or the reader has been told of a place where it was not. */
  readonly told: boolean;
  /** Null where there is no text. */
  readonly avgLogProb: number | null;
  readonly damage: string | null;
}

export function recordingWarnings({ windows, told, avgLogProb, damage }: Findings, model: ModelInfo): Warning[] {
  const warnings: Warning[] = [];
  if (damage) warnings.push({ code: 'media_damaged', message: `The recording is damaged; what could be read was transcribed: ${damage}.` });
  if (windows === 0) warnings.push({ code: 'no_speech', message: 'No speech was found in this recording.' });
  else if (!told)
    warnings.push({ code: 'no_speech', message: 'What sounds like speech in this recording turned out to be none: nothing was recognised.' });
  if (avgLogProb !== null && avgLogProb < FOREIGN_LOG_PROB) {
    const question = model.languages.length > 1 ? 'Is the language right' : `Is the recording in a language that ${model.name} knows`;
    warnings.push({ code: 'maybe_other_language', message: `The text is very uncertain. ${question}?` });
  }
  return warnings;
}

export const fallbackWarnings = (fallbacks: readonly Fallback[]): Warning[] =>
  fallbacks.map(({ from, to, reason }) => ({ code: 'fell_back', message: `${from} could not be used, so it was ${to}: ${reason}` }));
