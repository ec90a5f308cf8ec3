import { readdir } from 'node:fs/promises';
import path from 'node:path';
import {
  type ChangedTranscript,
  defaultOptions,
  type ErrorBody,
  type Job,
  type Recording,
  type SystemInfo,
  type Task,
  type Transcript,
} from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import { strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser, down, startTestApp, type TestApp, transcriptOf, upAndReady } from './test-app.ts';

describe('the REST API', () => {
  let app: TestApp;
  let ann: Browser;
  let bob: Browser;
  const nobody = '01890000-0000-7000-8000-000000000000';

  beforeAll(async () => {
    app = await startTestApp();
    ann = new Browser(app.url);
    bob = new Browser(app.url);
  });
  afterAll(() => app.close());

  const uploaded = async (browser: Browser, name = 'talk.wav'): Promise<Recording> => (await browser.upload<Recording>(name, 'bytes')).body;
  const job = async (browser: Browser, name?: string): Promise<Job> =>
    (await browser.post<Job>('/api/jobs', { recordingIds: [(await uploaded(browser, name)).id] })).body;
  const finished = async (browser: Browser, name: string, text: string): Promise<string> => {
    const [task] = (await job(browser, name)).tasks;
    app.jobs.succeed(task?.id ?? '', transcriptOf(text));
    return task?.id ?? '';
  };

  it('tells what a page needs to know', async () => {
    const { status, body } = await ann.json<SystemInfo>('/api/system');
    expect(status).toBe(200);
    expect(body).toMatchObject({ ready: true, maxUploadBytes: 5 * 1024 ** 3, worker: { name: 'local', device: 'cpu' } });
    expect(body.models.map(({ id }) => id)).toEqual(['moonshine-tiny-en']);
  });

  it('takes corrections, gives the corrected transcript everywhere, and keeps the original', async () => {
    const id = await finished(ann, 'corrected.wav', 'Good mourning.');
    const target = `/api/tasks/${id}/transcript`;
    const patch = (body: unknown, browser = ann) =>
      browser.json<ChangedTranscript & ErrorBody>(target, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const segment = { start: 0.5, end: 10.5 };
    const change = { speakers: [{ id: 'ada', name: 'Ada' }], segments: [{ ...segment, text: 'Good morning.', speaker: 'ada' }] };
    const { status, body } = await patch({ revision: 0, ...change });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      revision: 1,
      speakers: [{ id: 'ada', name: 'Ada', seconds: 10 }],
      segments: [{ ...segment, text: 'Good morning.' }],
    });
    expect((await ann.json<Transcript>(target)).body).toMatchObject({
      revision: 1,
      segments: [{ text: 'Good morning.', speaker: 'ada', corrected: true }],
    });
    expect((await ann.json<Transcript>(`${target}?original=1`)).body).toEqual(transcriptOf('Good mourning.'));
    expect(await (await ann.fetch(`/api/tasks/${id}/export?format=txt`)).text()).toContain('Good morning.');
    expect(await patch({ revision: 0, ...change })).toMatchObject({ status: 409, body: { error: { code: 'conflict', field: 'revision' } } });
    expect(await patch({ revision: 1, segments: [{ start: 1, end: 2, text: 'x' }] })).toMatchObject({ status: 400 });
    expect(await patch({ revision: 1, ...change }, bob)).toMatchObject({ status: 404 });
  });

  it('gives the transcripts of a job, or of all jobs, as one ZIP file', async () => {
    const eve = new Browser(app.url);
    const unzip = async (target: string) => {
      const response = await eve.fetch(target);
      const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
      return { response, files: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)])) };
    };
    const nothing = await eve.json<ErrorBody>('/api/export?format=txt');
    expect(nothing).toMatchObject({ status: 409, body: { error: { code: 'conflict' } } });
    const recordings = [
      await uploaded(eve, 'Talk.wav'),
      await uploaded(eve, 'talk.mp3'),
      await uploaded(eve, '../ä.wav'),
      await uploaded(eve, 'open.wav'),
    ];
    const { body } = await eve.post<Job>('/api/jobs', { recordingIds: recordings.map(({ id }) => id), name: 'Hearing: day 1' });
    for (const [index, task] of body.tasks.slice(0, 3).entries()) app.jobs.succeed(task.id, transcriptOf(`Text ${index}.`));
    const one = await unzip(`/api/jobs/${body.id}/export?format=txt`);
    expect(one.response.headers.get('content-type')).toBe('application/zip');
    expect(one.response.headers.get('content-disposition')).toContain('Hearing_ day 1.zip');
    expect(Object.keys(one.files)).toEqual(['Talk.txt', 'talk (2).txt', '_ä.txt']);
    expect(one.files['talk (2).txt']).toContain('Text 1.');
    await finished(eve, 'other.wav', 'Other text.');
    expect(Object.keys((await unzip('/api/export?format=srt')).files).toSorted()).toEqual(
      ['Hearing_ day 1/Talk.srt', 'Hearing_ day 1/_ä.srt', 'Hearing_ day 1/talk (2).srt', 'other.wav/other.srt'].toSorted(),
    );
    expect((await ann.fetch(`/api/jobs/${body.id}/export?format=txt`)).status).toBe(404);
    expect((await eve.fetch(`/api/jobs/${body.id}/export?format=exe`)).status).toBe(400);
  });

  it('adds the sample recording', async () => {
    const { status, body } = await ann.json<Recording>('/api/recordings/sample', { method: 'POST' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: sampleRecording.name, sha256: sampleRecording.sha256 });
  });

  it('makes a job with resolved options, named after its recordings', async () => {
    const first = await uploaded(ann, 'first.wav');
    const second = await uploaded(ann, 'second.wav');
    const { status, body } = await ann.post<Job>('/api/jobs', { recordingIds: [first.id, second.id, first.id], options: { language: 'en' } });
    expect(status).toBe(201);
    expect(body.name).toBe('first.wav and 1 more');
    expect(body.options).toEqual({ ...defaultOptions, model: 'moonshine-tiny-en', language: 'en' });
    expect(body.tasks.map(({ recording, state }) => [recording.name, state])).toEqual([
      ['first.wav', 'queued'],
      ['second.wav', 'queued'],
    ]);
    expect((await ann.json<Job[]>('/api/jobs')).body[0]).toEqual(body);
    expect((await ann.json<Job>(`/api/jobs/${body.id}`)).body).toEqual(body);
  });

  it.each([
    ['an unknown model', { model: 'whisper-99' }, 404, 'model_not_found', 'options.model'],
    ['a language the model does not know', { language: 'de' }, 400, 'language_not_supported', 'options.language'],
    ['word times where there are none', { wordTimes: true }, 400, 'option_not_supported', 'options.wordTimes'],
    ['an option that does not exist', { colour: 'red' }, 400, 'invalid_request', 'options.colour'],
    ['an option of the wrong kind', { temperature: '0' }, 400, 'invalid_request', 'options.temperature'],
  ])('refuses %s and names the field', async (_what, options, status, code, field) => {
    const answer = await ann.post<ErrorBody>('/api/jobs', { recordingIds: [(await uploaded(ann)).id], options });
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatchObject({ code, field });
    expect(answer.body.error.hint).not.toBe('');
  });

  it('takes no job while no worker has said what it can do', async () => {
    app.workers.now = down('The local worker is starting.');
    try {
      const { status, body } = await ann.post<ErrorBody>('/api/jobs', { recordingIds: [(await uploaded(ann)).id] });
      expect(status).toBe(503);
      expect(body.error).toMatchObject({ code: 'worker_unavailable', message: 'The local worker is starting.' });
      expect((await ann.fetch('/readyz')).status).toBe(503);
      expect((await ann.fetch('/healthz')).status).toBe(200);
    } finally {
      app.workers.now = upAndReady;
    }
    expect((await ann.fetch('/readyz')).status).toBe(200);
  });

  it('cancels a task, and queues it again', async () => {
    const [task] = (await job(ann)).tasks;
    expect((await ann.post<Task>(`/api/tasks/${task?.id}/cancel`, {})).body.state).toBe('cancelled');
    expect((await ann.json<Task>(`/api/tasks/${task?.id}/retry`, { method: 'POST' })).body.state).toBe('queued');
    const again = await ann.json<ErrorBody>(`/api/tasks/${task?.id}/retry`, { method: 'POST' });
    expect([again.status, again.body.error.code]).toEqual([409, 'conflict']);
  });

  it('gives the transcript once there is one', async () => {
    const [task] = (await job(ann)).tasks;
    const early = await ann.json<ErrorBody>(`/api/tasks/${task?.id}/transcript`);
    expect([early.status, early.body.error.code]).toEqual([409, 'conflict']);
    const transcript = transcriptOf('Hello there.');
    app.jobs.succeed(task?.id ?? '', transcript);
    expect((await ann.json<Transcript>(`/api/tasks/${task?.id}/transcript`)).body).toEqual(transcript);
  });

  it.each([
    ['txt', 'text/plain; charset=utf-8', 'Grüße.\n'],
    ['srt', 'application/x-subrip; charset=utf-8', '1\n00:00:00,500 --> 00:00:10,500\nGrüße.\n'],
    ['vtt', 'text/vtt; charset=utf-8', 'WEBVTT\n\n00:00:00.500 --> 00:00:10.500\nGrüße.\n'],
  ])('exports %s under a name that every system takes', async (format, type, text) => {
    const id = await finished(ann, '会議: "März".m4a', 'Grüße.');
    const response = await ann.fetch(`/api/tasks/${id}/export?format=${format}`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('content-disposition')).toContain(`filename*=UTF-8''${encodeURIComponent(`会議_ _März_.${format}`)}`);
    expect(await response.text()).toBe(text);
  });

  it('exports json that is the transcript', async () => {
    const id = await finished(ann, 'talk.wav', 'Hello.');
    expect((await ann.json<Transcript>(`/api/tasks/${id}/export?format=json`)).body).toEqual(transcriptOf('Hello.'));
  });

  it('refuses a format it does not know', async () => {
    const id = await finished(ann, 'talk.wav', 'Hello.');
    const { status, body } = await ann.json<ErrorBody>(`/api/tasks/${id}/export?format=exe`);
    expect([status, body.error.code, body.error.field]).toEqual([400, 'invalid_request', 'format']);
  });

  it('deletes a job with the files of recordings that nobody uses any more', async () => {
    const recording = await uploaded(ann);
    const keep = (await ann.post<Job>('/api/jobs', { recordingIds: [recording.id] })).body;
    const gone = (await ann.post<Job>('/api/jobs', { recordingIds: [recording.id] })).body;
    const files = () => readdir(path.join(app.dataRoot, 'recordings'));
    expect((await ann.fetch(`/api/jobs/${gone.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await files()).toContain(recording.id);
    expect((await ann.fetch(`/api/recordings/${recording.id}`, { method: 'DELETE' })).status).toBe(409);
    expect((await ann.fetch(`/api/jobs/${keep.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await files()).not.toContain(recording.id);
    expect((await ann.fetch(`/api/jobs/${keep.id}`)).status).toBe(404);
  });

  it('deletes a recording that no job uses', async () => {
    const { id } = await uploaded(ann);
    expect((await ann.fetch(`/api/recordings/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await ann.fetch(`/api/recordings/${id}/media`)).status).toBe(404);
  });

  it("answers 404 to everything that is another session's", async () => {
    const recording = await uploaded(ann);
    const own = (await ann.post<Job>('/api/jobs', { recordingIds: [recording.id] })).body;
    const task = own.tasks[0]?.id ?? '';
    app.jobs.succeed(task, transcriptOf('Private.'));
    await bob.json('/api/system');
    const tries: [string, string][] = [
      ['GET', `/api/jobs/${own.id}`],
      ['DELETE', `/api/jobs/${own.id}`],
      ['GET', `/api/recordings/${recording.id}/media`],
      ['DELETE', `/api/recordings/${recording.id}`],
      ['POST', `/api/tasks/${task}/cancel`],
      ['POST', `/api/tasks/${task}/retry`],
      ['GET', `/api/tasks/${task}/transcript`],
      ['GET', `/api/tasks/${task}/export?format=txt`],
    ];
    const withoutId = (message: string) => message.replace(/[0-9a-f-]{36}/, 'ID');
    for (const [method, target] of tries) {
      const theirs = await bob.json<ErrorBody>(target, { method });
      const nowhere = await bob.json<ErrorBody>(target.replace(/[0-9a-f-]{36}/, nobody), { method });
      expect([theirs.status, theirs.body.error.code], `${method} ${target}`).toEqual([404, 'not_found']);
      expect(withoutId(theirs.body.error.message), 'and tells no difference').toBe(withoutId(nowhere.body.error.message));
    }
    const foreign = await bob.post<ErrorBody>('/api/jobs', { recordingIds: [recording.id] });
    expect(foreign.status).toBe(404);
    expect((await bob.json<Job[]>('/api/jobs')).body).toEqual([]);
  });

  it('answers what it does not know in the shape of every error', async () => {
    const { status, body } = await ann.json<ErrorBody>('/api/nothing?secret=1');
    expect(status).toBe(404);
    expect(body.error).toMatchObject({ code: 'not_found', message: 'There is no GET /api/nothing.' });
  });
});
