/** Any Whisper checkpoint as a recogniser: one of them is made for each recording, on the model that stays loaded. */
import type { Fallback, ModelInfo, TranscribeOptions, Warning, WindowResult } from '@bulk-transcribe/protocol';
import { languageOf } from '../recognise/language-tally.ts';
import type { Recogniser } from '../recognise/recogniser.ts';
import { LONGEST_WINDOW, PADDING } from './constants.ts';
import { decodeSetup } from './decode-setup.ts';
import { togetherOf } from './hear.ts';
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
  /** Name of the GPU, and why it is not used where that was wished for. */
  readonly device?: { readonly name: string | null; readonly fallbacks: readonly Fallback[] };
  /** Called once, when the recording is over. */
  readonly close?: () => void;
}

/** `earlier`: the windows that an earlier attempt has finished of this recording. AppError invalid_request where the model has no such token. */
export function whisperRecogniser(loaded: LoadedWhisper, options: TranscribeOptions, earlier: readonly WindowResult[] = []): Recogniser {
  const { info, model, tokenizer, device, close } = loaded;
  const setup = decodeSetup({ model, tokenizer }, options);
  const asked = { asked: options.language, detection: options.languageDetection, known: languageOf(earlier) };
  const prefix = options.prefix.trim();
  return {
    info,
    files: [...model.facts.files],
    // These may change on the way, where memory runs out.
    get device() {
      return model.device;
    },
    get deviceName() {
      return model.device === 'cuda' ? (device?.name ?? null) : null;
    },
    get precision() {
      return model.precision;
    },
    get fallbacks() {
      return [...(device?.fallbacks ?? []), ...(model.fallbacks ?? [])];
    },
    get batchSize() {
      return options.conditionOnPreviousText ? 1 : togetherOf(model);
    },
    threads: model.threads,
    ...(close && { close }),
    windows: { longest: LONGEST_WINDOW, padding: PADDING },
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
