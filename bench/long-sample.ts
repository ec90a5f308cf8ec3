/** Half an hour of the samples, one after the other and again: a GPU works on many windows at once, of which a short recording has one. */
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { sampleSet } from '@bulk-transcribe/sample';
import { RATE, repeat, wavHeader, writeWav } from '../packages/speech/test/media.ts';
import { decodeFile } from '../packages/speech/test/whisper/golden.ts';

const SECONDS = 1800;
/** Samples (0.8 s) between two of them. */
const PAUSE = Math.round(0.8 * RATE);

export interface LongSample {
  readonly durationSec: number;
  readonly text: string;
}

/** Each step of the benchmark is a process; the first of them writes it. */
export async function writeLongSample(file: string): Promise<LongSample> {
  const parts = await Promise.all(sampleSet.map((sample) => decodeFile(sample.path)));
  const once = new Float32Array(parts.reduce((sum, { length }) => sum + length + PAUSE, 0));
  let at = 0;
  for (const part of parts) {
    once.set(part, at);
    at += part.length + PAUSE;
  }
  const times = Math.floor((SECONDS * RATE) / once.length);
  const bytes = wavHeader(0).length + 2 * times * once.length;
  if ((await stat(file).catch(() => null))?.size !== bytes) {
    await mkdir(path.dirname(file), { recursive: true });
    await writeWav(file, repeat(once, times));
  }
  const text = sampleSet.map((sample) => sample.text).join(' ');
  return { durationSec: (times * once.length) / RATE, text: Array(times).fill(text).join(' ') };
}
