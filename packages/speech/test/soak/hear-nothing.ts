/** Recordings in which nothing is said, heard in every setting: what counts is that no word comes out. */
import { defaultOptions, type TranscribeOptions, transcriptText } from '@bulk-transcribe/protocol';
import { createTranscriber } from '../../src/index.ts';
import { temporaryFolder, writeWav } from '../media.ts';
import { nothingSaid, soundKinds } from './sounds.ts';

export const settings: Readonly<Record<string, Partial<TranscribeOptions>>> = {
  standard: {},
  accurate: { quality: 'accurate' },
  'word times': { wordTimes: true },
  'no fall-back': { temperatureFallback: false },
};

export interface NothingSaid {
  readonly modelsDir: string;
  readonly model: string;
  /** Of audio in all, for each setting. */
  readonly seconds: number;
  readonly seed: number;
}

/** A recording has so much of each sound. */
const SECONDS_OF_EACH = 10;

interface Invented {
  readonly setting: string;
  readonly text: string;
}

export interface HeardNothing {
  readonly invented: readonly Invented[];
  /** Of the audio, taken for speech by voice activity: what the model was asked at all. */
  readonly speechSec: number;
}

export async function hearNothing({ modelsDir, model, seconds, seed }: NothingSaid): Promise<HeardNothing> {
  await using folder = await temporaryFolder();
  const { transcribe } = await createTranscriber({ threads: 0, modelsDir, graphsDir: folder.path('graphs') });
  const invented: Invented[] = [];
  let speechSec = 0;
  for (let done = 0; done < seconds; done += SECONDS_OF_EACH * soundKinds.length) {
    const path = await writeWav(folder.path('nothing.wav'), nothingSaid(SECONDS_OF_EACH, seed + done));
    for (const [setting, options] of Object.entries(settings)) {
      const asked = { ...defaultOptions, model, language: 'en', ...options };
      const transcript = await transcribe({ path, name: `seed ${seed + done}` }, asked, never, () => {});
      speechSec += transcript.speechSec;
      const text = transcriptText(transcript);
      if (text) invented.push({ setting: `${setting}, seed ${seed + done}`, text });
    }
  }
  return { invented, speechSec };
}

const never = new AbortController().signal;
