import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sampleSet } from '@bulk-transcribe/sample';
import { writeLongSample } from './long-sample.ts';

/** An entry of the development data's manifest, as far as it is used here. */
export interface Entry {
  readonly id: string;
  readonly file: string;
  readonly durationSec: number;
  readonly lang: string | null;
  /** What is said; "" = nothing; null = unknown. */
  readonly text: string | null;
}

export interface Recordings {
  readonly about: string;
  readonly folder: string;
  readonly entries: readonly Entry[];
  /** Module that scores texts, from the development data. */
  readonly scorer: string | null;
}

/** With a known text, English or in all languages, and where nothing is said. `formats/` is one utterance many times. */
export async function findRecordings(devData: string | undefined, languages: 'English' | 'all languages' = 'English'): Promise<Recordings> {
  if (!devData) return await samplesAlone();
  const folder = path.join(devData, 'audio');
  const manifest = JSON.parse(await readFile(path.join(folder, 'manifest.json'), 'utf8')) as Entry[];
  const entries = manifest.filter(
    ({ lang, text, file }) => !file.startsWith('formats/') && text !== null && (languages === 'all languages' || lang === 'en' || text === ''),
  );
  return {
    about: `development recordings, ${languages} with text and those without speech`,
    folder,
    entries,
    scorer: path.join(devData, 'reference/score/score.mjs'),
  };
}

async function samplesAlone(): Promise<Recordings> {
  const file = fileURLToPath(new URL('results/long-sample.wav', import.meta.url));
  const samples = sampleSet.map(({ path: place, name, durationSec, text }) => ({ id: name, file: place, durationSec, lang: 'en', text }));
  return {
    about: 'the six samples and half an hour of them in one (BULK_TRANSCRIBE_DEV_DATA is not set), so the word error rate means little',
    // The files have whole paths.
    folder: '',
    entries: [...samples, { id: 'half an hour', file, lang: 'en', ...(await writeLongSample(file)) }],
    scorer: null,
  };
}
