/** The official client, unchanged, against the real app; the worker is played by the job store. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import path from 'node:path';
import { defaultOptions, type Task, type Transcript } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import OpenAI, { APIError, APIUserAbortError, AuthenticationError, BadRequestError, NotFoundError, toFile } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { down, english, startTestApp, type TestApp, transcriptOf, upAndReady } from '../http/test-app.ts';

const token = 'a-token-of-the-test-0001';

describe('the official OpenAI client', () => {
  let app: TestApp;
  let client: OpenAI;
  beforeAll(async () => {
    app = await startTestApp({ API_TOKENS: token, MAX_UPLOAD_BYTES: '1000000' });
    client = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: 'sk-whatever', maxRetries: 0 });
  });
  afterAll(() => app.close());
  beforeEach(() => answerWith(transcriptOf('Ask not.')));

  const answerWith = (transcript: Transcript) => {
    app.jobs.work = (task) => void setImmediate(() => app.jobs.succeed(task.id, transcript, { name: 'Büro GPU', device: 'cuda' }));
  };
  const sample = () => createReadStream(sampleRecording.path);
  const files = () => readdir(path.join(app.dataRoot, 'recordings'));
  const nothingLeft = async () => {
    await expect.poll(files).toEqual([]);
    expect([app.jobs.jobCount(), app.jobs.recordings.size]).toEqual([0, 0]);
  };
  const create = (options: Record<string, unknown> = {}) =>
    client.audio.transcriptions.create({
      file: sample(),
      model: 'whisper-1',
      ...options,
    } as unknown as OpenAI.Audio.TranscriptionCreateParamsNonStreaming);
  const failure = async (promise: Promise<unknown>): Promise<APIError> => {
    const error = await promise.then(
      () => undefined,
      (cause: unknown) => cause,
    );
    if (!(error instanceof APIError)) throw new Error(`expected an APIError, got ${String(error)}`);
    return error;
  };

  it('gets json, and nothing is kept', async () => {
    expect(await create()).toEqual({ text: 'Ask not.' });
    await nothingLeft();
  });

  it('gets text, srt and vtt', async () => {
    expect(await create({ response_format: 'text' })).toBe('Ask not.\n');
    expect(await create({ response_format: 'srt' })).toBe('1\n00:00:00,500 --> 00:00:10,500\nAsk not.\n');
    expect(await create({ response_format: 'vtt' })).toBe('WEBVTT\n\n00:00:00.500 --> 00:00:10.500\nAsk not.\n');
  });

  it('gets verbose json with segments as Whisper gives them', async () => {
    answerWith(transcriptOf('ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha'));
    const verbose = (await create({
      response_format: 'verbose_json',
      timestamp_granularities: ['segment'],
    })) as unknown as OpenAI.Audio.TranscriptionVerbose;
    expect(verbose).toMatchObject({ task: 'transcribe', language: 'english', duration: 11 });
    expect(verbose.words).toBeUndefined();
    const [segment] = verbose.segments ?? [];
    expect(segment).toMatchObject({ id: 0, seek: 50, start: 0.5, end: 10.5, tokens: [], temperature: 0, avg_logprob: -0.2, no_speech_prob: 0 });
    // zlib.compress of the same 47 bytes is 14 bytes long in Python too.
    expect(segment?.compression_ratio).toBeCloseTo(47 / 14, 5);
  });

  it('gets the numbers of a Whisper model in verbose json', async () => {
    const decoding = { tokens: [50364, 291, 50464], temperature: 0.2, compressionRatio: 1.25, noSpeechProb: 0.1, seek: 30 };
    answerWith(transcriptOf('you', { segments: [{ start: 0.5, end: 2, text: 'you', avgLogProb: -0.4, ...decoding }] }));
    const verbose = (await create({ response_format: 'verbose_json' })) as unknown as OpenAI.Audio.TranscriptionVerbose;
    const numbers = { tokens: decoding.tokens, temperature: 0.2, compression_ratio: 1.25, no_speech_prob: 0.1, seek: 30 };
    expect(verbose.segments?.[0]).toMatchObject({ start: 0.5, ...numbers, avg_logprob: -0.4 });
  });

  it('says which worker and device, and the request id', async () => {
    const { response } = await client.audio.transcriptions.create({ file: sample(), model: 'whisper-1' }).withResponse();
    expect(response.headers.get('x-worker')).toBe('B?ro GPU');
    expect(response.headers.get('x-device')).toBe('cuda');
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is warned where a prompt is not used', async () => {
    const warnings = [{ code: 'prompt_ignored' as const, message: 'Moonshine cannot use a prompt.' }];
    answerWith(transcriptOf('Ask not.', { warnings }));
    const { data, response } = await client.audio.transcriptions.create({ file: sample(), model: 'whisper-1', prompt: 'Kennedy' }).withResponse();
    expect(data).toEqual({ text: 'Ask not.', warnings: ['Moonshine cannot use a prompt.'] });
    expect(response.headers.get('x-warnings')).toBe('prompt_ignored');
  });

  it('passes its options on', async () => {
    let options: unknown;
    app.jobs.work = (task, job) => {
      options = job.options;
      app.jobs.succeed(task.id, transcriptOf('Ask not.'));
    };
    await create({ model: english.id, language: 'en-US', prompt: 'Kennedy', keywords: ['Berlin', 'moon'], temperature: 0.4 });
    expect(options).toEqual({
      ...defaultOptions,
      model: english.id,
      language: 'en',
      prompt: 'Kennedy',
      glossary: ['Berlin', 'moon'],
      temperature: 0.4,
    });
  });

  it('has speech translated by a model that can, and is refused where none can', async () => {
    const translate = (options: Record<string, unknown> = {}) =>
      client.audio.translations.create({ file: sample(), model: 'whisper-1', ...options } as OpenAI.Audio.TranslationCreateParams);
    expect(await failure(translate())).toMatchObject({ status: 400, code: 'option_not_supported', param: 'task' });
    const whisper = { ...english, id: 'whisper-base', languages: ['en', 'de'], translation: true, default: false };
    app.workers.now = { ...upAndReady, models: [english, whisper] };
    let options: unknown;
    app.jobs.work = (task, job) => {
      options = job.options;
      app.jobs.succeed(task.id, transcriptOf('The house.', { language: 'de' }));
    };
    expect(await translate({ prompt: 'Kennedy' })).toEqual({ text: 'The house.' });
    expect(options).toEqual({ ...defaultOptions, model: 'whisper-base', task: 'translate', prompt: 'Kennedy' });
    expect(await translate({ response_format: 'verbose_json' })).toMatchObject({ task: 'translate', language: 'english', text: 'The house.' });
    await nothingLeft();
    app.workers.now = upAndReady;
  });

  it.each(['whisper-1', 'gpt-4o-transcribe', 'gpt-4o-mini-transcribe', 'gpt-4o-transcribe-diarize'])(
    'may call the default model %s',
    async (model) => {
      expect(await create({ model, chunking_strategy: 'auto' })).toEqual({ text: 'Ask not.' });
      expect((await client.models.retrieve(model)).id).toBe(model);
    },
  );

  it('lists the models', async () => {
    const ids: string[] = [];
    for await (const model of client.models.list()) ids.push(model.id);
    expect(ids[0]).toBe(english.id);
    expect(ids).toContain('whisper-1');
    expect((await failure(client.models.retrieve('whisper-99'))).status).toBe(404);
  });

  it.each([
    ['an unknown language', { language: 'de' }, 'language_not_supported', 'language'],
    ['only languages that are unknown', { languages: ['de', 'fr'] }, 'language_not_supported', 'language'],
    ['word times', { response_format: 'verbose_json', timestamp_granularities: ['word'] }, 'option_not_supported', 'timestamp_granularities'],
    ['a stream of captions', { stream: true, response_format: 'srt' }, 'option_not_supported', 'stream'],
    ['log probabilities', { include: ['logprobs'] }, 'option_not_supported', 'include'],
    ['a format that does not exist', { response_format: 'yaml' }, 'invalid_request', 'response_format'],
    ['a temperature beyond 1', { temperature: 2 }, 'invalid_request', 'temperature'],
    ['a prompt of a book', { prompt: 'word '.repeat(1000) }, 'invalid_request', 'prompt'],
  ])('is refused %s, in its own terms, and nothing is kept', async (_what, options, code, param) => {
    const error = await failure(create(options));
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, code, param, type: 'invalid_request_error' });
    await nothingLeft();
  });

  it('is refused a model that is not there', async () => {
    const error = await failure(create({ model: 'whisper-99' }));
    expect(error).toBeInstanceOf(NotFoundError);
    expect(error).toMatchObject({ code: 'model_not_found', param: 'model' });
  });

  it('is told what is wrong with the file', async () => {
    const empty = await failure(client.audio.transcriptions.create({ file: await toFile(Buffer.alloc(0), 'a.wav'), model: 'whisper-1' }));
    expect(empty).toMatchObject({ status: 422, code: 'media_empty' });
    app.jobs.work = (task) => app.jobs.fail(task.id, { code: 'media_no_audio', message: 'It has no audio track.', hint: '' });
    const silent = await failure(create());
    expect(silent).toMatchObject({ status: 422, code: 'media_no_audio' });
    expect(silent.message).toContain('It has no audio track.');
    const large = await failure(client.audio.transcriptions.create({ file: await toFile(Buffer.alloc(1_000_001), 'a.wav'), model: 'whisper-1' }));
    expect(large).toMatchObject({ status: 413, code: 'payload_too_large' });
    await nothingLeft();
  });

  it('is told to come back while no worker is up', async () => {
    app.workers.now = down('The local worker is starting.');
    const error = await failure(create());
    app.workers.now = upAndReady;
    expect(error).toMatchObject({ status: 503, code: 'worker_unavailable', type: 'server_error' });
    await nothingLeft();
  });

  it('may wait for hours: no timeout of the server runs while it does', async () => {
    const socket = new Promise<Socket>((resolve) => app.server.once('request', (request: IncomingMessage) => resolve(request.socket)));
    const started = Promise.withResolvers<Task>();
    app.jobs.work = (task) => started.resolve(task);
    const answer = client.audio.transcriptions.create({ file: sample(), model: 'whisper-1' });
    const task = await started.promise;
    expect([app.server.requestTimeout, app.server.timeout]).toEqual([0, 0]);
    expect((await socket).timeout ?? 0).toBe(0);
    app.jobs.succeed(task.id, transcriptOf('At last.'));
    expect((await answer).text).toBe('At last.');
  });

  it('cancels by hanging up', async () => {
    app.logLines.length = 0;
    const started = Promise.withResolvers<Task>();
    app.jobs.work = (task) => started.resolve(task);
    const stop = new AbortController();
    const answer = client.audio.transcriptions.create({ file: sample(), model: 'whisper-1' }, { signal: stop.signal });
    const outcome = answer.catch((cause: unknown) => cause);
    await started.promise;
    stop.abort();
    expect(await outcome).toBeInstanceOf(APIUserAbortError);
    await expect.poll(() => app.jobs.jobCount()).toBe(0);
    await nothingLeft();
    expect(app.logLines.join('')).not.toContain('"level":"error"');
  });

  it('is told of a stop of the service at once', async () => {
    const other = await startTestApp();
    const started = Promise.withResolvers<Task>();
    other.jobs.work = (task) => started.resolve(task);
    const waiting = new OpenAI({ baseURL: `${other.url}/v1`, apiKey: 'x', maxRetries: 0 });
    const outcome = failure(waiting.audio.transcriptions.create({ file: sample(), model: 'whisper-1' }));
    await started.promise;
    await other.close();
    expect(await outcome).toMatchObject({ status: 503, code: 'shutting_down' });
    expect(other.jobs.jobCount()).toBe(0);
  });

  describe('from outside this machine', () => {
    const through = { defaultHeaders: { 'x-forwarded-for': '203.0.113.7' } };

    it('needs an API token', async () => {
      const stranger = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: 'sk-whatever', maxRetries: 0, ...through });
      const error = await failure(stranger.audio.transcriptions.create({ file: sample(), model: 'whisper-1' }));
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error).toMatchObject({ code: 'unauthorized', type: 'invalid_request_error' });
      await nothingLeft();
    });

    it('needs one as well where it comes from this machine under another name', async () => {
      const named = await startTestApp({ ALLOWED_HOSTS: 'nas.local' });
      const status = await new Promise((resolve) =>
        get(`${named.url}/v1/models`, { headers: { host: 'nas.local' } }, (response) => resolve(response.statusCode)),
      );
      expect(status).toBe(401);
      await named.close();
    });

    it('is let in with one', async () => {
      const friend = new OpenAI({ baseURL: `${app.url}/v1`, apiKey: token, maxRetries: 0, ...through });
      expect((await friend.audio.transcriptions.create({ file: sample(), model: 'whisper-1' })).text).toBe('Ask not.');
    });
  });
});
