import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export type TimedWords = readonly (readonly [start: number, end: number, text: string])[];

/** Seconds between a word's time and the turn's: `bias` is the median with its sign, the others without. */
interface Distances {
  readonly n: number;
  readonly bias: number;
  readonly median: number;
  readonly p90: number;
}

export interface WordTimes {
  readonly turns: number;
  readonly firstWordStart: Distances;
  readonly lastWordEnd: Distances;
}

type Measure = (audioDir: string, manifest: unknown, hypotheses: Readonly<Record<string, { readonly words: TimedWords }>>) => WordTimes;

/** By the scorer of the development data, against the turns of its long conversations. */
export async function measureWordTimes(devData: string, hypotheses: Parameters<Measure>[2]): Promise<WordTimes> {
  const script = path.join(devData, 'reference/score/word-times.mjs');
  const { wordTimes } = (await import(pathToFileURL(script).href)) as { wordTimes: Measure };
  const audio = path.join(devData, 'audio');
  return wordTimes(audio, JSON.parse(await readFile(path.join(audio, 'manifest.json'), 'utf8')), hypotheses);
}
