import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { defaultOptions, transcriptText } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasFfmpeg } from '../src/decode/ffmpeg-decoder.ts';
import { decodeEvidence } from '../src/diarization/evidence-codec.ts';
import type { SpeechEvent } from '../src/engine.ts';
import { createTranscriber, type Transcriber } from '../src/transcriber.ts';
import { RATE, random, repeat, sampleAudio, silentFilm, temporaryFolder, writeWav } from './media.ts';

const never = new AbortController().signal;
const words = (text: string) => text.toLowerCase().match(/[a-z']+/g);
const code = (expected: string) => expect.objectContaining({ code: expected });
const withFfmpeg = await hasFfmpeg();

let transcriber: Transcriber;
let models: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  models = await temporaryFolder();
  transcriber = await createTranscriber({ threads: 0, modelsDir: models.path(''), decoder: 'node-av' });
});
afterAll(() => models[Symbol.asyncDispose]());

async function transcribe(file: string, options = {}, events: SpeechEvent[] = []) {
  return transcriber.transcribe({ path: file, name: path.basename(file) }, { ...defaultOptions, ...options }, never, (event) => events.push(event));
}

describe('the sample', () => {
  it('has a speaker on each segment and word, where that is asked for', async () => {
    const events: SpeechEvent[] = [];
    const transcript = await transcribe(sampleRecording.path, { diarization: true }, events);
    expect(transcriptText(transcript)).toBe(sampleRecording.text);
    expect(transcript.speakers).toEqual([{ id: 'S1', name: null, seconds: expect.any(Number) }]);
    for (const { speaker, words: own = [] } of transcript.segments) {
      expect(speaker).toBe('S1');
      expect(own.length).toBeGreaterThan(0);
      for (const word of own) expect(word.speaker).toBe('S1');
    }
    expect(transcript.warnings).toEqual([]);
    expect(transcript.provenance.steps.map(({ step }) => step)).toEqual(['decode', 'vad', 'recognise', 'diarize']);
    expect(events.flatMap((event) => (event.type === 'stage' ? [event.stage] : []))).toEqual(['decode', 'recognise', 'diarize']);
    const [evidence] = events.flatMap((event) => (event.type === 'evidence' ? [decodeEvidence(event.evidence)] : []));
    expect(evidence?.channels).toHaveLength(1);
  });

  it('has every word right, and says how it was made', async () => {
    const events: SpeechEvent[] = [];
    const transcript = await transcribe(sampleRecording.path, {}, events);
    expect(transcriptText(transcript)).toBe(sampleRecording.text);
    expect(transcript).toMatchObject({ version: 1, language: 'en', warnings: [] });
    expect(transcript.durationSec).toBeCloseTo(sampleRecording.durationSec, 1);
    const { provenance } = transcript;
    expect(provenance).toMatchObject({
      device: 'cpu',
      threads: 1,
      decoder: expect.stringMatching(/^node-av \d/),
      model: { id: 'moonshine-tiny-en' },
    });
    expect(provenance.model.files.map(({ name }) => name)).toEqual(['encoder_model.onnx', 'decoder_model_merged.onnx']);
    for (const { sha256 } of provenance.model.files) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(provenance.steps.map(({ step }) => step)).toEqual(['decode', 'vad', 'recognise']);
    for (const step of provenance.steps) expect(step.cpuMs).toBeGreaterThan(0);
    expect(provenance.timesRealTime).toBeGreaterThan(0);
    expect(Date.parse(provenance.finishedAt)).toBeGreaterThan(Date.parse(provenance.startedAt));

    const stages = events.flatMap((event) => (event.type === 'stage' ? [event.stage] : []));
    expect(stages).toEqual(['decode', 'recognise', 'finish']);
    const progress = events.flatMap((event) => (event.type === 'progress' ? [event.progress] : []));
    expect(progress.at(-1)).toEqual({ doneSec: transcript.durationSec, totalSec: expect.closeTo(sampleRecording.durationSec, 0) });
    const windows = events.flatMap((event) => (event.type === 'window' ? [event.window] : []));
    expect(windows.map(({ index }) => index)).toEqual(windows.map((_, index) => index));
    expect(windows.flatMap(({ segments }) => segments)).toEqual(transcript.segments);
  });

  it.skipIf(!withFfmpeg)('reads the same through ffmpeg', async () => {
    const { transcribe: viaFfmpeg } = await createTranscriber({ threads: 2, modelsDir: models.path(''), decoder: 'ffmpeg' });
    const transcript = await viaFfmpeg(sampleRecording, defaultOptions, never, () => {});
    expect(words(transcriptText(transcript))).toEqual(words(sampleRecording.text));
    expect(transcript.provenance).toMatchObject({ threads: 2, decoder: expect.stringMatching(/^ffmpeg \d/) });
  });

  it('said four times is four times the text, in order, each segment within the recording', async () => {
    await using folder = await temporaryFolder();
    const file = await writeWav(folder.path('four.wav'), repeat(await sampleAudio(), 4));
    const transcript = await transcribe(file);
    expect(words(transcriptText(transcript))).toEqual(words(Array(4).fill(sampleRecording.text).join(' ')));
    let end = 0;
    for (const segment of transcript.segments) {
      expect(segment.start).toBeGreaterThanOrEqual(end);
      expect(segment.end).toBeGreaterThan(segment.start);
      end = segment.end;
    }
    expect(end).toBeLessThanOrEqual(transcript.durationSec);
  });
});

describe('where nothing is said', () => {
  const next = random(5);
  it.each<[string, Float32Array]>([
    ['digital silence', new Float32Array(8 * RATE)],
    ['a faint hiss', Float32Array.from({ length: 8 * RATE }, () => (next() - 0.5) * 0.01)],
    ['loud noise', Float32Array.from({ length: 8 * RATE }, () => next() - 0.5)],
    ['a tone', Float32Array.from({ length: 8 * RATE }, (_, index) => 0.4 * Math.sin((2 * Math.PI * 440 * index) / RATE))],
    ['a fifth of a second', new Float32Array(0.2 * RATE)],
    ['one sample', new Float32Array(1)],
  ])('%s has no text', async (_, samples) => {
    await using folder = await temporaryFolder();
    const transcript = await transcribe(await writeWav(folder.path('quiet.wav'), samples));
    expect(transcript.segments).toEqual([]);
    expect(transcript.durationSec).toBeCloseTo(samples.length / RATE, 2);
    expect(transcript.warnings.map((warning) => warning.code)).toEqual(['no_speech']);
  });
});

describe('options', () => {
  it.each([
    [{ model: 'whisper-large' }, 'model_not_found', 'model'],
    [{ language: 'nl' }, 'language_not_supported', 'language'],
    [{ task: 'translate' }, 'option_not_supported', 'task'],
  ])('%o is refused: %s', async (options, expected, field) => {
    await expect(transcribe(sampleRecording.path, options)).rejects.toMatchObject({ code: expected, field });
  });

  it('that cannot be used but change nothing are warnings', async () => {
    const transcript = await transcribe(sampleRecording.path, { language: 'en', prompt: 'Kennedy', temperature: 0.5 });
    expect(transcript.warnings.map((warning) => warning.code)).toEqual(['prompt_ignored', 'temperature_ignored']);
    expect(transcriptText(transcript)).toBe(sampleRecording.text);
  });
});

it('a film without sound is refused with its reason', async () => {
  await using folder = await temporaryFolder();
  await writeFile(folder.path('film.avi'), silentFilm());
  await expect(transcribe(folder.path('film.avi'))).rejects.toMatchObject({ code: 'media_no_audio', message: '“film.avi” has no audio track.' });
});

it('an abort on the way rejects with cancelled', async () => {
  await using folder = await temporaryFolder();
  const file = await writeWav(folder.path('long.wav'), repeat(await sampleAudio(), 30));
  const controller = new AbortController();
  const run = transcriber.transcribe({ path: file, name: 'long.wav' }, defaultOptions, controller.signal, ({ type }) => {
    if (type === 'window') controller.abort();
  });
  await expect(run).rejects.toEqual(code('cancelled'));
});

it('broken model files are engine_unavailable', async () => {
  await using folder = await temporaryFolder();
  const { mkdir } = await import('node:fs/promises');
  await mkdir(folder.path('moonshine-tiny-en'));
  await expect(createTranscriber({ threads: 0, modelsDir: folder.path('') })).rejects.toEqual(code('engine_unavailable'));
  for (const file of ['encoder_model.onnx', 'decoder_model_merged.onnx']) await writeFile(folder.path(`moonshine-tiny-en/${file}`), 'no model');
  await expect(createTranscriber({ threads: 0, modelsDir: folder.path('') })).rejects.toEqual(code('engine_unavailable'));
});
