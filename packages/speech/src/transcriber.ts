/** The speech engine in this process: for the command line, for measurements, and inside the engine's child process. */
import { AppError, type TranscribeOptions } from '@bulk-transcribe/protocol';
import { chooseDecoder, type DecoderChoice } from './decode/choose-decoder.ts';
import type { EngineInfo, Transcribe } from './engine.ts';
import { locateModel, shippedModels } from './models.ts';
import { openMoonshine } from './moonshine/moonshine.ts';
import type { Recogniser } from './recognise/recogniser.ts';
import { createTranscribe } from './transcribe.ts';
import { openSpeechDetector } from './vad/silero.ts';
import { engineVersion } from './version.ts';

export interface TranscriberOptions {
  /** CPU threads; 0 = as measured best for the model. */
  readonly threads: number;
  /** A folder here that is named after a model takes the place of the files in its npm package. */
  readonly modelsDir: string;
  /** What decodes media; `auto` (the default) is ffmpeg where it is on PATH, else node-av. */
  readonly decoder?: DecoderChoice;
}

export interface Transcriber {
  readonly transcribe: Transcribe;
  readonly info: EngineInfo;
}

/** Loads the models. Rejects with engine_unavailable when one of them cannot be loaded. */
export async function createTranscriber({ threads, modelsDir, decoder = 'auto' }: TranscriberOptions): Promise<Transcriber> {
  const [media, detectSpeech, recognisers] = await Promise.all([
    chooseDecoder(decoder),
    openSpeechDetector(),
    Promise.all(shippedModels.map(async (model) => openMoonshine(await locateModel(model, modelsDir), threads))),
  ]).catch((cause: unknown) => {
    if (cause instanceof AppError) throw cause;
    throw new AppError('engine_unavailable', 'The models cannot be loaded.', { cause });
  });
  return {
    transcribe: createTranscribe({
      engine: `bulk-transcribe ${engineVersion()}`,
      decoder: media,
      detectSpeech,
      recogniserFor: (options) => recogniserFor(options, recognisers),
    }),
    info: {
      device: 'cpu',
      deviceName: null,
      threads: Math.max(...recognisers.map((recogniser) => recogniser.threads)),
      models: recognisers.map(({ info }) => info),
      diarization: false,
    },
  };
}

/** Throws model_not_found, language_not_supported or option_not_supported where the model would change the meaning of what was asked. */
function recogniserFor({ model, language, wordTimes }: TranscribeOptions, recognisers: readonly Recogniser[]): Recogniser {
  const found = recognisers.find(({ info }) => info.id === model);
  if (!found) throw new AppError('model_not_found', `There is no model “${model}” here.`, { field: 'model' });
  const { name, languages } = found.info;
  if (language !== null && !languages.includes(language)) {
    throw new AppError('language_not_supported', `${name} does not know the language “${language}”; it knows: ${languages.join(', ')}.`, {
      field: 'language',
    });
  }
  if (wordTimes && !found.info.wordTimes) throw new AppError('option_not_supported', `${name} gives no word times.`, { field: 'wordTimes' });
  return found;
}
