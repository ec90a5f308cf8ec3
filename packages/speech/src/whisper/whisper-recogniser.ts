/** Any Whisper checkpoint as a recogniser: one of them is made for each recording, on the model that stays loaded. */
import type { ModelInfo, TranscribeOptions, Warning } from '@bulk-transcribe/protocol';
import type { Recogniser } from '../recognise/recogniser.ts';
import { LONGEST_WINDOW, PADDING } from './constants.ts';
import { BATCH } from './hear.ts';
import { LanguageChoice } from './language-choice.ts';
import { contextOf } from './prompt.ts';
import { recogniseBatch } from './recognise-batch.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import type { WhisperModel } from './whisper-model.ts';

/** Beams of the quality `accurate`. */
const ACCURATE_BEAMS = 5;

export interface LoadedWhisper {
  readonly info: ModelInfo;
  readonly model: WhisperModel;
  readonly tokenizer: Tokenizer;
}

/** `known` is the language that an earlier attempt heard in this recording, if there was one. */
export function whisperRecogniser({ info, model, tokenizer }: LoadedWhisper, options: TranscribeOptions, known: string | null = null): Recogniser {
  const context = contextOf(options, model.facts, tokenizer);
  const languages = new LanguageChoice(model, { asked: options.language, detection: options.languageDetection, known });
  const setup = {
    model,
    tokenizer,
    context,
    task: options.task,
    beams: options.beamSize ?? (options.quality === 'accurate' ? ACCURATE_BEAMS : 1),
    temperature: options.temperature,
    fallBack: options.temperatureFallback,
    wordTimes: options.wordTimes,
  };
  return {
    info,
    files: [...model.facts.files],
    device: model.device,
    threads: model.threads,
    windows: { longest: LONGEST_WINDOW, padding: PADDING },
    batchSize: BATCH,
    warnings: context.shortened ? [shortened] : [],
    recognise: (windows, signal) => recogniseBatch(windows, { setup, languages, signal }),
  };
}

const shortened: Warning = {
  code: 'prompt_shortened',
  message: 'Prompt and glossary are longer than the model can use: the beginning of the prompt, or the last terms of the glossary, were left out.',
};
