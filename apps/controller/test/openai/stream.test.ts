/** Transcripts as streams, to the official client: the worker is played by the job store. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { WindowResult } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import OpenAI, { APIError } from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApp, type TestApp, transcriptOf } from '../http/test-app.ts';

let app: TestApp;
let client: OpenAI;
beforeAll(async () => {
  app = await startTestApp({});
  client = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: 'sk-whatever', maxRetries: 0 });
});
afterAll(() => app.close());

const windowOf = (index: number, text: string): WindowResult => ({
  index,
  start: index * 10,
  end: index * 10 + 9,
  segments: text ? [{ start: index * 10, end: index * 10 + 9, text, avgLogProb: -0.1 }] : [],
  warnings: [],
});
const create = () => client.audio.transcriptions.create({ file: createReadStream(sampleRecording.path), model: 'whisper-1', stream: true });
const nothingLeft = async () => {
  await expect.poll(() => readdir(path.join(app.dataRoot, 'recordings'))).toEqual([]);
  expect([app.jobs.jobCount(), app.jobs.recordings.size]).toEqual([0, 0]);
};

it('each window arrives as it is finished, and all of it in the end', async () => {
  const id = Promise.withResolvers<string>();
  app.jobs.work = (task) => id.resolve(task.id);
  const answer = create();
  const taskId = await id.promise;
  app.jobs.finishWindow(taskId, windowOf(0, 'Ask not'));
  const events: OpenAI.Audio.TranscriptionStreamEvent[] = [];
  for await (const event of await answer) {
    events.push(event);
    // The next one only once this one is here: nothing waits for the end.
    if (events.length === 1) {
      app.jobs.finishWindow(taskId, windowOf(1, ''));
      app.jobs.finishWindow(taskId, windowOf(2, 'what your country'));
    }
    if (events.length === 2) app.jobs.succeed(taskId, transcriptOf('Ask not what your country can do.'));
  }
  const deltas = events.flatMap((event) => (event.type === 'transcript.text.delta' ? [event.delta] : []));
  expect(deltas).toEqual(['Ask not', ' what your country', ' can do.']);
  expect(events.at(-1)).toEqual({
    type: 'transcript.text.done',
    text: 'Ask not what your country can do.',
    usage: { type: 'duration', seconds: 11 },
  });
  await nothingLeft();
});

it('a transcript that is there at once is one piece', async () => {
  app.jobs.work = (task) => void setImmediate(() => app.jobs.succeed(task.id, transcriptOf('Ask not.')));
  const types: string[] = [];
  for await (const { type } of await create()) types.push(type);
  expect(types).toEqual(['transcript.text.delta', 'transcript.text.done']);
});

it('what fails before any text is an ordinary error', async () => {
  app.jobs.work = (task) => app.jobs.fail(task.id, { code: 'media_no_audio', message: 'It has no audio track.', hint: '' });
  await expect(create()).rejects.toMatchObject({ status: 422, code: 'media_no_audio' });
  await nothingLeft();
});

it('what fails on the way is an error within the stream', async () => {
  const id = Promise.withResolvers<string>();
  app.jobs.work = (task) => id.resolve(task.id);
  const answer = create();
  app.jobs.finishWindow(await id.promise, windowOf(0, 'Ask not'));
  const read = async () => {
    for await (const _ of await answer) app.jobs.fail(await id.promise, { code: 'engine_crashed', message: 'The engine crashed.', hint: '' });
  };
  const error = await read().catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(APIError);
  expect(error).toMatchObject({ code: 'engine_crashed' });
  await nothingLeft();
});

it('a client that hangs up ends the job', async () => {
  const id = Promise.withResolvers<string>();
  app.jobs.work = (task) => id.resolve(task.id);
  const answer = create();
  app.jobs.finishWindow(await id.promise, windowOf(0, 'Ask not'));
  const stream = await answer;
  stream.controller.abort();
  await nothingLeft();
});
