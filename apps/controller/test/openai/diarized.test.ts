/** Speakers to the official client: the worker is played by the job store, with evidence of voices that never were. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { defaultOptions, type Segment, type Task, type Transcript } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import { encodeEvidence } from '@bulk-transcribe/speech';
import { withSpeakers } from '@bulk-transcribe/speech/speakers';
import OpenAI, { BadRequestError } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tellLabels } from '../../../../packages/speech/src/speakers/tell-labels.ts';
import { madeEvidence } from '../../../../packages/speech/test/diarization/made-evidence.ts';
import { startTestApp, type TestApp, transcriptOf } from '../http/test-app.ts';

const FRAME_SEC = 0.016875;

/** What a worker gives of a conversation of these voices: a line each turn. */
function conversation(voices: readonly number[], seconds: number): { transcript: Transcript; evidence: Uint8Array } {
  const { evidence, turns } = madeEvidence({ seconds, voices, seed: voices.length });
  const lines = turns.map(
    ({ from, to }, index): Segment => ({ start: from * FRAME_SEC, end: to * FRAME_SEC, text: `Line ${index}.`, avgLogProb: -0.1 }),
  );
  const labels = tellLabels({ channels: [evidence] }, { speakers: null, minSpeakers: null, maxSpeakers: null });
  const transcript = withSpeakers(transcriptOf('', { durationSec: seconds, segments: lines }), labels);
  return { transcript, evidence: encodeEvidence({ channels: [evidence] }) };
}

const sampleOf = (voice: string) => `data:audio/wav;base64,${Buffer.from(voice).toString('base64')}`;

describe('the official OpenAI client', () => {
  let app: TestApp;
  let client: OpenAI;
  let asked: Task[] = [];
  const meeting = conversation([1, 2, 3], 60);
  const samples = new Map([2, 3, 9].map((voice) => [`voice ${voice}`, conversation([voice], 6)]));
  beforeAll(async () => {
    app = await startTestApp();
    client = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: 'sk-whatever', maxRetries: 0 });
  });
  afterAll(() => app.close());
  beforeEach(() => {
    asked = [];
    app.jobs.work = (task) => {
      asked.push(task);
      const { transcript, evidence } = samples.get(task.recording.name) ?? meeting;
      setImmediate(() => app.jobs.succeed(task.id, transcript, undefined, evidence));
    };
  });

  const create = (options: Record<string, unknown> = {}) =>
    client.audio.transcriptions.create({
      file: createReadStream(sampleRecording.path),
      model: 'gpt-4o-transcribe-diarize',
      response_format: 'diarized_json',
      chunking_strategy: 'auto',
      ...options,
    } as OpenAI.Audio.TranscriptionCreateParamsNonStreaming<'diarized_json'>) as unknown as Promise<OpenAI.Audio.TranscriptionDiarized>;
  const nothingLeft = async () => {
    await expect.poll(() => readdir(path.join(app.dataRoot, 'recordings'))).toEqual([]);
    expect([app.jobs.jobCount(), app.jobs.recordings.size]).toEqual([0, 0]);
  };

  it('reads who said what: A, B, … by first appearance', async () => {
    let options: unknown;
    const work = app.jobs.work;
    app.jobs.work = (task, job) => {
      options = job.options;
      work(task, job);
    };
    const answer = await create();
    expect(options).toEqual({ ...defaultOptions, diarization: true });
    expect(answer).toMatchObject({ task: 'transcribe', duration: 60, usage: { type: 'duration', seconds: 60 } });
    expect(answer.text).toBe(meeting.transcript.segments.map(({ text }) => text).join(' '));
    expect(answer.segments.slice(0, 4).map(({ text, speaker }) => [text, speaker])).toEqual([
      ['Line 0.', 'A'],
      ['Line 1.', 'B'],
      ['Line 2.', 'C'],
      ['Line 3.', 'A'],
    ]);
    expect(new Set(answer.segments.map(({ id }) => id)).size).toBe(answer.segments.length);
    await nothingLeft();
  });

  it('reads the names of speakers whose samples it sent, where they speak, and letters for the others', async () => {
    const names = ['voice 9', 'voice 3', 'voice 2'];
    const { segments } = await create({ known_speaker_names: names, known_speaker_references: names.map(sampleOf) });
    expect(segments.slice(0, 4).map(({ speaker }) => speaker)).toEqual(['A', 'voice 2', 'voice 3', 'A']);
    expect(asked.map(({ recording }) => recording.name).slice(1)).toEqual(names);
    expect(asked.map(({ recording }) => recording.size).slice(1)).toEqual([7, 7, 7]);
    await nothingLeft();
  });

  it('is told as a stream, who said what before the end', async () => {
    const stream = (await create({ stream: true })) as unknown as AsyncIterable<OpenAI.Audio.TranscriptionStreamEvent>;
    const events = await Array.fromAsync(stream);
    const told = events.flatMap((event) => (event.type === 'transcript.text.segment' ? [event.speaker] : []));
    expect(told.slice(0, 4)).toEqual(['A', 'B', 'C', 'A']);
    expect(events.at(-1)).toMatchObject({ type: 'transcript.text.done', text: meeting.transcript.segments.map(({ text }) => text).join(' ') });
  });

  it('gets the text where speakers could not be told apart, and is told so', async () => {
    const warnings = [{ code: 'diarization_failed' as const, message: 'The speakers could not be told apart.' }];
    app.jobs.work = (task) => app.jobs.succeed(task.id, transcriptOf('Ask not.', { warnings }));
    const answer = await create();
    expect(answer).toMatchObject({ text: 'Ask not.', segments: [{ text: 'Ask not.', speaker: 'unknown' }], warnings: [warnings[0]?.message] });
  });

  it.each([
    ['a name without a sample', { known_speaker_names: ['Ada'] }, 'invalid_request', 'known_speaker_names'],
    ['a name twice', { known_speaker_names: ['A', 'A'], known_speaker_references: ['x', 'y'] }, 'invalid_request', 'known_speaker_names'],
    [
      'a sample that is an address',
      { known_speaker_names: ['Ada'], known_speaker_references: ['https://a.b/c.wav'] },
      'invalid_request',
      'known_speaker_references',
    ],
    [
      'names in another format',
      { response_format: 'json', known_speaker_names: ['Ada'], known_speaker_references: [sampleOf('x')] },
      'option_not_supported',
      'known_speaker_names',
    ],
  ])('is refused %s, in its own terms, and nothing is kept', async (_what, options, code, param) => {
    const error = await create(options).then(
      () => null,
      (cause: unknown) => cause,
    );
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, code, param });
    await nothingLeft();
  });

  it('is told which sample holds no voice, or cannot be read', async () => {
    const silent = { transcript: transcriptOf(''), evidence: encodeEvidence({ channels: [madeEvidence({ seconds: 6, voices: [] }).evidence] }) };
    samples.set('silence', silent);
    const known = (name: string) => create({ known_speaker_names: [name], known_speaker_references: [sampleOf(name)] });
    await expect(known('silence')).rejects.toMatchObject({
      status: 400,
      param: 'known_speaker_references',
      message: expect.stringContaining('sample of silence'),
    });
    const work = app.jobs.work;
    app.jobs.work = (task, job) =>
      task.recording.name === 'text' ? app.jobs.fail(task.id, { code: 'media_unreadable', message: 'No audio.', hint: '' }) : work(task, job);
    await expect(known('text')).rejects.toMatchObject({ status: 422, code: 'media_unreadable', message: expect.stringContaining('sample of text') });
    await nothingLeft();
  });
});
