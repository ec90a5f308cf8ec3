/** Speech of known text, cut by the window policy where shorter and shorter windows end: each word stays, once, in its place. */
import { sampleRecording } from '@bulk-transcribe/sample';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { locateModel, shippedModels } from '../src/models.ts';
import { type Moonshine, openMoonshine } from '../src/moonshine/moonshine.ts';
import { Stopwatch } from '../src/stopwatch.ts';
import { packWindows, type SpeechWindow } from '../src/vad/pack-windows.ts';
import { openSpeechDetector, type SpeechDetector } from '../src/vad/silero.ts';
import { RATE, sampleAudio, temporaryFolder } from './media.ts';

const never = new AbortController().signal;
const wordsOf = (text: string): string[] => text.toLowerCase().match(/[a-z']+/g) ?? [];
const said = wordsOf(sampleRecording.text);

/** With less of the sentence before it, a word may be heard as one that sounds like it, "and" for "ask": no more of them than this. */
const MISHEARD = 4;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let moonshine: Moonshine;
let detectSpeech: SpeechDetector;
let sample: Float32Array;
beforeAll(async () => {
  folder = await temporaryFolder();
  const model = await locateModel(shippedModels[0] as (typeof shippedModels)[number], '');
  moonshine = await openMoonshine(model, { threads: 1, graphsDir: folder.path('graphs') });
  detectSpeech = await openSpeechDetector();
  sample = await sampleAudio();
});
afterAll(() => folder[Symbol.asyncDispose]());

async function* inOne(audio: Float32Array) {
  yield audio;
}

async function windowsOf(longest: number, padding: number): Promise<SpeechWindow[]> {
  const windows: SpeechWindow[] = [];
  for await (const piece of packWindows(detectSpeech(inOne(sample), new Stopwatch()), { longest: longest * RATE, padding })) {
    if (piece.kind === 'window') windows.push(piece);
  }
  return windows;
}

it.each([
  [10, 2],
  [7, 2],
  [5, 3],
  [4, 3],
  [3, 4],
])('windows of at most %i s: %i of them, no word lost or doubled', async (longest, count) => {
  const recogniser = moonshine.recogniserFor({ wordTimes: false });
  const windows = await windowsOf(longest, recogniser.windows.padding);
  expect(windows.length).toBeGreaterThanOrEqual(count);
  const heard = wordsOf((await recogniser.recognise(windows, never)).map(({ text }) => text).join(' '));
  expect(heard).toHaveLength(said.length);
  expect(heard.filter((word, place) => word !== said[place]).length, heard.join(' ')).toBeLessThanOrEqual(MISHEARD);
});
