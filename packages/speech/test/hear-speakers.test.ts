/** Speakers heard after the text was made: as they would have been heard with it. */
import { defaultOptions, type Transcript } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import { expect, it } from 'vitest';
import { Company } from '../src/company.ts';
import { nodeAvDecoder } from '../src/decode/node-av-decoder.ts';
import { type Diarizer, openDiarizer } from '../src/diarization/diarizer.ts';
import type { RecordingFile, SpeechEvent } from '../src/engine.ts';
import { createHearSpeakers } from '../src/hear-speakers.ts';
import { createTranscribe } from '../src/transcribe.ts';
import { openSpeechDetector } from '../src/vad/silero.ts';

const options = { ...defaultOptions, diarization: true };
const info = { id: 'x', name: 'X', languages: ['en'], wordTimes: false, prompt: false, translation: false, license: 'MIT', default: false };
const recogniser = {
  ...{ info, files: [], device: 'cpu' as const, threads: 1, batchSize: 1, windows: { longest: 240_000, padding: 3200 } },
  recognise: async (windows: readonly unknown[]) => windows.map(() => ({ text: 'Said.', avgLogProb: 0, loopCut: false })),
};
const parts = (diarizer: Diarizer | null) => ({ engine: 'test', decoder: nodeAvDecoder, diarizer, company: new Company() });
const never = new AbortController().signal;

async function told(run: (onEvent: (event: SpeechEvent) => void) => Promise<Transcript>) {
  const events: SpeechEvent[] = [];
  const transcript = await run((event) => events.push(event));
  return { transcript, events, evidence: events.flatMap((event) => (event.type === 'evidence' ? [event.evidence] : [])) };
}

it('speakers and evidence are those of a transcription that asks for them, and nothing is recognised', async () => {
  const diarizer = await openDiarizer({ device: 'cpu', threads: 1 });
  const transcribe = createTranscribe({ ...parts(diarizer), detectSpeech: await openSpeechDetector(), recogniserFor: () => recogniser });
  const together = await told((onEvent) => transcribe(sampleRecording, options, never, onEvent));
  const later = await told((onEvent) => createHearSpeakers(parts(diarizer))(sampleRecording, options, never, onEvent));
  await diarizer.release();
  const { transcript, evidence } = later;
  expect(evidence).toHaveLength(1);
  expect(evidence).toEqual(together.evidence);
  const { speakers, turns, durationSec } = together.transcript;
  expect(transcript).toMatchObject({ speakers, turns, segments: [], warnings: [] });
  expect(transcript.durationSec).toBeCloseTo(durationSec, 3);
  expect(transcript.provenance).toMatchObject({ device: 'cpu', steps: [{ step: 'decode' }, { step: 'diarize' }] });
  expect(later.events.map((event) => (event.type === 'stage' ? event.stage : event.type))).toEqual(['decode', 'diarize', 'evidence']);
});

it('progress is told when there is some, not with every piece of the recording', async () => {
  const nothing = { samples: 0, active: new Uint8Array(), count: new Uint8Array(), changes: new Uint8Array() };
  const channels = [{ ...nothing, embeddings: new Float32Array(), seconds: new Float32Array() }];
  const diarizer = failing(async (_audio, { onProgress }) => {
    for (const doneSec of [0, 0, 10, 10, 20]) onProgress?.(doneSec);
    return { channels };
  });
  const { events } = await told((onEvent) => createHearSpeakers(parts(diarizer))(sampleRecording, options, never, onEvent));
  expect(events.flatMap((event) => (event.type === 'progress' ? [event.progress.doneSec] : []))).toEqual([10, 20]);
});

const failing = (analyse: Diarizer['analyse']): Diarizer => ({ device: 'cpu', release: async () => {}, analyse });
const hear = (diarizer: Diarizer | null, recording: RecordingFile = sampleRecording, signal = never) =>
  createHearSpeakers(parts(diarizer))(recording, options, signal, () => {});

it.each([
  ['because their models are not there', null, 'could not be loaded'],
  ['because hearing fails', failing(() => Promise.reject(new Error('no memory left'))), 'no memory left'],
])('there is an error where speakers cannot be told apart %s', async (_why, diarizer, message) => {
  await expect(hear(diarizer)).rejects.toMatchObject({ code: 'diarization_failed', message: expect.stringContaining(message) });
});

it('a file that is no recording is called that', async () => {
  const text = { path: import.meta.filename, name: 'text.ts' };
  await expect(
    hear(
      failing(() => Promise.reject(new Error('not asked'))),
      text,
    ),
  ).rejects.toMatchObject({ code: 'media_unreadable' });
});

it('is cancelled in the middle', async () => {
  const controller = new AbortController();
  const diarizer = failing(async (audio) => {
    for await (const _ of audio) controller.abort();
    throw new Error('stopped');
  });
  await expect(hear(diarizer, sampleRecording, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
});
