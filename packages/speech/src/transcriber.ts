/** The speech engine in this process: for the command line, for measurements, and inside the engine's child process. */
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { AppError, GRAPHS_FOLDER, type TranscribeOptions, unsupportedOption, type WindowResult } from '@bulk-transcribe/protocol';
import { Company } from './company.ts';
import { chooseDecoder, type DecoderChoice } from './decode/choose-decoder.ts';
import { chooseDevice, type DeviceWish } from './device/choose-device.ts';
import { openDiarizerOn } from './diarization/open-on-device.ts';
import type { EngineInfo, Transcribe } from './engine.ts';
import { createHearSpeakers } from './hear-speakers.ts';
import { locateModel, shippedModels, withDefault } from './models.ts';
import { type Moonshine, openMoonshine } from './moonshine/moonshine.ts';
import type { Recogniser } from './recognise/recogniser.ts';
import { createTranscribe } from './transcribe.ts';
import { openSpeechDetector } from './vad/silero.ts';
import { engineVersion } from './version.ts';
import { WhisperShelf } from './whisper/whisper-shelf.ts';

export interface TranscriberOptions {
  /** CPU threads; 0 = as measured best for the model. */
  readonly threads: number;
  /** Default: auto. */
  readonly device?: DeviceWish;
  /** Loaded at once, and named as the default where it is there. */
  readonly model?: string;
  /** A folder in it is a Whisper checkpoint; one that is named after a shipped model takes the place of the files in its npm package. */
  readonly modelsDir: string;
  /** Where graphs built from models are kept; by default hidden in `modelsDir`. */
  readonly graphsDir?: string;
  /** What decodes media; `auto` (the default) is ffmpeg where it is on PATH, else node-av. */
  readonly decoder?: DecoderChoice;
}

export interface Transcriber {
  readonly transcribe: Transcribe;
  readonly hearSpeakers: Transcribe;
  /** Into memory, if it is not there. Rejects with model_not_found or engine_unavailable. */
  readonly loadModel: (id: string) => Promise<void>;
  /** What it computes with now. */
  readonly info: () => EngineInfo;
}

/** Cores that a Whisper model uses at most: beyond, the decoder's small steps gain nothing. */
const MOST_THREADS = 8;

/** Loads the shipped models, and finds the others, which are loaded when first asked for. Rejects with engine_unavailable. */
export async function createTranscriber({ threads, modelsDir, model, ...given }: TranscriberOptions): Promise<Transcriber> {
  const { graphsDir = path.join(modelsDir, GRAPHS_FOLDER), decoder = 'auto' } = given;
  const device = await chooseDevice(given.device ?? 'auto');
  const shelf = new WhisperShelf({
    modelsDir,
    graphsDir,
    threads: threads || Math.min(MOST_THREADS, availableParallelism()),
    device,
  });
  const [media, detectSpeech, shipped, checkpoints, { diarizer, fallbacks }] = await Promise.all([
    chooseDecoder(decoder),
    openSpeechDetector(),
    Promise.all(shippedModels.map(async (model) => openMoonshine(await locateModel(model, modelsDir), { threads, graphsDir }))),
    shelf.models(),
    openDiarizerOn(device),
  ]).catch((cause: unknown) => {
    if (cause instanceof AppError) throw cause;
    throw new AppError('engine_unavailable', 'The models cannot be loaded.', { cause });
  });
  if (model !== undefined) await shelf.prepare(model);
  const parts = { engine: `bulk-transcribe ${engineVersion()}`, decoder: media, diarizer, company: new Company() };
  return {
    transcribe: createTranscribe({
      ...parts,
      detectSpeech,
      recogniserFor: (options, earlier) => recogniserFor(options, { shipped, shelf, earlier }),
    }),
    hearSpeakers: createHearSpeakers(parts),
    loadModel: async (id) => {
      if (shipped.some(({ info }) => info.id === id)) return;
      if (!(await shelf.infoOf(id))) throw notHere(id);
      await shelf.load(id);
    },
    info: () => {
      // Of the model that is loaded: memory may not have sufficed on the GPU.
      const used = shelf.device ?? device.kind;
      return {
        device: used,
        deviceName: used === 'cuda' ? device.name : null,
        fallbacks: [...device.fallbacks, ...fallbacks, ...shelf.fallbacks],
        threads: shelf.threads ?? Math.max(...shipped.map((recogniser) => recogniser.threads)),
        models: withDefault([...shipped.map(({ info }) => info), ...checkpoints], model),
        diarization: diarizer !== null,
      };
    },
  };
}

const notHere = (id: string): AppError => new AppError('model_not_found', `There is no model “${id}” here.`, { field: 'model' });

interface Recognisers {
  readonly shipped: readonly Moonshine[];
  readonly shelf: WhisperShelf;
  /** What an earlier attempt has finished of the recording. */
  readonly earlier: readonly WindowResult[];
}

/** Throws model_not_found, language_not_supported or option_not_supported where the model would change the meaning of what was asked. */
async function recogniserFor(options: TranscribeOptions, { shipped, shelf, earlier }: Recognisers): Promise<Recogniser> {
  const found = shipped.find(({ info }) => info.id === options.model);
  const info = found?.info ?? (await shelf.infoOf(options.model));
  if (!info) throw notHere(options.model);
  const problem = unsupportedOption(options, info);
  if (problem) throw problem;
  // Speakers change between words: a word's time says whose it is.
  const asked = { ...options, wordTimes: options.wordTimes || (options.diarization && info.wordTimes) };
  return found?.recogniserFor(asked) ?? shelf.recogniserFor(asked, earlier);
}
