/** What was finished before is taken over: the transcript is that of an undisturbed run, and nothing is recognised twice. */
import path from 'node:path';
import { defaultOptions, type WindowResult } from '@bulk-transcribe/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SpeechEvent } from '../src/engine.ts';
import { FinishedWindows } from '../src/recognise/finished-windows.ts';
import { createTranscriber, type Transcriber } from '../src/transcriber.ts';
import { repeat, sampleAudio, temporaryFolder, writeWav } from './media.ts';

const never = new AbortController().signal;
const window = (index: number, start: number, end: number): WindowResult => ({ index, start, end, segments: [], warnings: [] });
const RATE = 16_000;

describe('finished windows', () => {
  it('are taken over where they lie exactly as now', () => {
    const finished = new FinishedWindows([window(0, 0, 5), window(1, 6.5, 9)]);
    expect(finished.end).toBe(9);
    expect(finished.at(0, { start: 0, end: 5 * RATE })).toEqual(window(0, 0, 5));
    expect(finished.at(1, { start: 6.5 * RATE, end: 9 * RATE })).toEqual(window(1, 6.5, 9));
    expect(finished.at(2, { start: 9 * RATE, end: 10 * RATE })).toBeNull();
  });

  it('are left from the first difference on, so that no word is lost or doubled', () => {
    const finished = new FinishedWindows([window(0, 0, 5), window(1, 6.5, 9), window(2, 9, 12)]);
    expect(finished.at(0, { start: 0, end: 5 * RATE })).not.toBeNull();
    expect(finished.at(1, { start: 6.5 * RATE, end: 9.1 * RATE })).toBeNull();
    expect(finished.at(2, { start: 9 * RATE, end: 12 * RATE })).toBeNull();
  });
});

describe('a recording that goes on behind its finished windows', () => {
  let transcriber: Transcriber;
  let models: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    models = await temporaryFolder();
    transcriber = await createTranscriber({ threads: 0, modelsDir: models.path(''), decoder: 'node-av' });
  });
  afterAll(() => models[Symbol.asyncDispose]());

  async function run(file: string, finished: readonly WindowResult[]) {
    const windows: WindowResult[] = [];
    const progress: number[] = [];
    const note = (event: SpeechEvent): void => {
      if (event.type === 'window') windows.push(event.window);
      if (event.type === 'progress') progress.push(event.progress.doneSec);
    };
    const recording = { path: file, name: path.basename(file) };
    return { transcript: await transcriber.transcribe(recording, defaultOptions, never, note, finished), windows, progress };
  }

  it('has text, times and warnings of an undisturbed run, wherever it was broken off', async () => {
    await using folder = await temporaryFolder();
    const file = await writeWav(folder.path('three.wav'), repeat(await sampleAudio(), 3));
    const whole = await run(file, []);
    const total = whole.windows.length;
    expect(total).toBeGreaterThan(2);
    expect(whole.transcript.provenance.windows).toEqual({ total, takenOver: 0 });
    for (const takenOver of [1, total - 1, total]) {
      const rest = await run(file, whole.windows.slice(0, takenOver));
      expect(rest.windows).toEqual(whole.windows.slice(takenOver));
      const { provenance, ...content } = rest.transcript;
      const { provenance: _, ...expected } = whole.transcript;
      expect(content).toEqual(expected);
      expect(provenance.windows).toEqual({ total, takenOver });
      expect(Math.min(...rest.progress), 'progress never goes back to before').toBeGreaterThanOrEqual(whole.windows[takenOver - 1]?.end ?? 0);
    }
  });
});
