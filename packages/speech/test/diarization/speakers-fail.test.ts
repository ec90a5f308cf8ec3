import { defaultOptions } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import { expect, it } from 'vitest';
import { nodeAvDecoder } from '../../src/decode/node-av-decoder.ts';
import type { Diarizer } from '../../src/diarization/diarizer.ts';
import type { Recogniser } from '../../src/recognise/recogniser.ts';
import { createTranscribe } from '../../src/transcribe.ts';
import { openSpeechDetector } from '../../src/vad/silero.ts';

const info = { id: 'x', name: 'X', languages: ['en'], wordTimes: false, prompt: false, translation: false, license: 'MIT', default: false };
const recogniser: Recogniser = {
  ...{ info, files: [], device: 'cpu', threads: 1, batchSize: 1, windows: { longest: 240_000, padding: 3200 } },
  recognise: async (windows) => windows.map(() => ({ text: 'Said.', avgLogProb: 0, loopCut: false })),
};

async function transcribe(diarizer: Diarizer | null, signal = new AbortController().signal) {
  const detectSpeech = await openSpeechDetector();
  const run = createTranscribe({ engine: 'test', decoder: nodeAvDecoder, detectSpeech, diarizer, recogniserFor: () => recogniser });
  return await run(sampleRecording, { ...defaultOptions, diarization: true }, signal, () => {});
}

const failsAfter = (pieces: number): Diarizer => ({
  device: 'cpu',
  release: async () => {},
  analyse: async (audio) => {
    let heard = 0;
    for await (const _ of audio) if (++heard > pieces) break;
    throw new Error('no memory left');
  },
});

it.each([
  ['from the start', failsAfter(0), 'no memory left'],
  ['midway', failsAfter(2), 'no memory left'],
  ['because their models are not there', null, 'could not be loaded'],
])('speakers that cannot be told apart %s cost a warning, not the text', async (_how, diarizer, why) => {
  const { segments, speakers, warnings } = await transcribe(diarizer);
  expect(segments.map(({ text }) => text)).toContain('Said.');
  expect(speakers).toBeUndefined();
  expect(warnings).toContainEqual({ code: 'diarization_failed', message: expect.stringContaining(why) });
});

it('a cancelled recording is cancelled, not one without speakers', async () => {
  const controller = new AbortController();
  const diarizer: Diarizer = {
    device: 'cpu',
    release: async () => {},
    analyse: async (audio) => {
      for await (const _ of audio) controller.abort();
      throw new Error('stopped');
    },
  };
  await expect(transcribe(diarizer, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
});
