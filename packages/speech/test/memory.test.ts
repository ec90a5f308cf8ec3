/** A part of `pnpm soak:memory`, with a checkpoint that computes next to nothing. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { defaultOptions } from '@bulk-transcribe/protocol';
import { expect, it } from 'vitest';
import { nodeAvDecoder } from '../src/decode/node-av-decoder.ts';
import { createTranscribe } from '../src/transcribe.ts';
import { openSpeechDetector } from '../src/vad/silero.ts';
import { WhisperShelf } from '../src/whisper/whisper-shelf.ts';
import { sampleAudio, temporaryFolder } from './media.ts';
import { MemoryBySection } from './soak/follow-memory.ts';
import { writeLongSpeech } from './soak/long-speech.ts';
import { goldenFile } from './whisper/golden.ts';

const MINUTES = 5;
const LOOK_MS = 20;
/** Bytes. The samples of a minute alone are 3.8 MB as float32. */
const MOST_GROWTH = 2e6;

const CPU = { kind: 'cpu', name: null, fallbacks: [] } as const;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that somebody still holds. */
function held(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

it('memory does not grow with the length of a recording', async () => {
  await using folder = await temporaryFolder();
  const file = await writeLongSpeech(folder.path('long.wav'), { sources: [await sampleAudio()], seconds: MINUTES * 60, seed: 1 });
  const shelf = new WhisperShelf({ modelsDir: goldenFile('.'), graphsDir: folder.path('graphs'), threads: 1, device: CPU });
  const transcribe = createTranscribe({
    engine: 'test',
    decoder: nodeAvDecoder,
    detectSpeech: await openSpeechDetector(),
    recogniserFor: (...asked) => shelf.recogniserFor(...asked),
  });
  // What a window takes while it is at work comes and goes; what stays is in the least of many readings in a minute.
  const memory = new MemoryBySection(60, held, Math.min);
  const options = { ...defaultOptions, model: 'micro', language: 'en', temperatureFallback: false, conditionOnPreviousText: true };
  const looking = setInterval(() => memory.look(), LOOK_MS);
  const { durationSec } = await transcribe({ path: file, name: 'long' }, options, new AbortController().signal, memory.onEvent);
  clearInterval(looking);
  expect(durationSec).toBeCloseTo(MINUTES * 60, 1);
  const [, warm = 0, ...later] = memory.levels.slice(0, MINUTES).filter(Boolean);
  expect(later.length).toBeGreaterThan(2);
  expect(Math.max(...later) - warm).toBeLessThan(MOST_GROWTH);
});
