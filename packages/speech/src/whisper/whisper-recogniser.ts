/** Any Whisper checkpoint as a recogniser: one of them is made for each recording, on the model that stays loaded. */
import type { ModelInfo, TranscribeOptions, Warning, WindowResult } from '@bulk-transcribe/protocol';
import { languageOf } from '../recognise/language-tally.ts';
import type { Recogniser } from '../recognise/recogniser.ts';
import { LONGEST_WINDOW, PADDING } from './constants.ts';
import { decodeSetup } from './decode-setup.ts';
import { BATCH } from './hear.ts';
import { LanguageChoice } from './language-choice.ts';
import { PreviousText } from './previous-text.ts';
import { contextRoom } from './prompt.ts';
import { recogniseRecording } from './recognise-recording.ts';
import type { Tokenizer } from './tokenizer/tokenizer.ts';
import type { WhisperModel } from './whisper-model.ts';

export interface LoadedWhisper {
  readonly info: ModelInfo;
  readonly model: WhisperModel;
  readonly tokenizer: Tokenizer;
}

/** `earlier`: the windows that an earlier attempt has finished of this recording. AppError invalid_request where the model has no such token. */
export function whisperRecogniser(loaded: LoadedWhisper, options: TranscribeOptions, earlier: readonly WindowResult[] = []): Recogniser {
  const { info, model, tokenizer } = loaded;
  const setup = decodeSetup({ model, tokenizer }, options);
  const asked = { asked: options.language, detection: options.languageDetection, known: languageOf(earlier) };
  const prefix = options.prefix.trim();
  return {
    info,
    files: [...model.facts.files],
    device: model.device,
    threads: model.threads,
    windows: { longest: LONGEST_WINDOW, padding: PADDING },
    batchSize: options.conditionOnPreviousText ? 1 : BATCH,
    warnings: setup.context.shortened ? [shortened] : [],
    recognise: recogniseRecording({
      setup,
      languages: new LanguageChoice(model, asked),
      prefix: prefix && earlier.length === 0 ? tokenizer.encode(` ${prefix}`) : [],
      previous: options.conditionOnPreviousText ? previousText(loaded, earlier) : null,
    }),
  };
}

function previousText({ model: { facts }, tokenizer }: LoadedWhisper, earlier: readonly WindowResult[]): PreviousText {
  const previous = new PreviousText({ tokenizer, eot: facts.tokens.eot, room: contextRoom(facts) });
  for (const { segments, warnings } of earlier) previous.add({ segments, cut: warnings.some(({ code }) => code === 'loop_cut') });
  return previous;
}

const shortened: Warning = {
  code: 'prompt_shortened',
  message: 'The prompt is longer than the model can use: its beginning was left out.',
};
