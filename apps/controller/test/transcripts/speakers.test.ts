/** Speakers told apart anew, over the API: from what was heard, without the recording. */
import { rm } from 'node:fs/promises';
import type { ErrorBody, Job, JobVoices, Recording, Segment, Task, Transcript } from '@bulk-transcribe/protocol';
import { encodeEvidence } from '@bulk-transcribe/speech';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MadeTurn, madeEvidence } from '../../../../packages/speech/test/diarization/made-evidence.ts';
import { Browser, startTestApp, type TestApp, transcriptOf } from '../http/test-app.ts';

const FRAME_SEC = 0.016875;
const HOUR = 3600;

/** A line for each turn, as a recogniser without word times would write it. */
const segmentsOf = (turns: readonly MadeTurn[]): Segment[] =>
  turns.map(({ from, to }, index) => ({ start: from * FRAME_SEC, end: to * FRAME_SEC, text: `Line ${index}.`, avgLogProb: -0.2 }));

describe('speakers of an hour', () => {
  let app: TestApp;
  const ann = () => new Browser(app.url);
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app.close());

  const finished = async (browser: Browser, transcript: Transcript, evidence?: Uint8Array): Promise<string> => {
    const recording = (await browser.upload<Recording>('hearing.wav', crypto.randomUUID())).body;
    const [task] = (await browser.post<Job>('/api/jobs', { recordingIds: [recording.id] })).body.tasks;
    app.jobs.succeed(task?.id ?? '', transcript, undefined, evidence);
    return task?.id ?? '';
  };
  const read = async (browser: Browser, id: string) => (await browser.json<Transcript>(`/api/tasks/${id}/transcript`)).body;
  const patch = (browser: Browser, id: string, body: unknown) =>
    browser.json(`/api/tasks/${id}/transcript`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const counted = ({ speakers = [] }: Transcript): number => speakers.filter(({ seconds }) => seconds > 0).length;

  it('are told apart anew with every edit, name and added speaker in its place, whatever number is asked for', async () => {
    const browser = ann();
    const { evidence, turns } = madeEvidence({ seconds: HOUR, voices: [1, 2, 3, 4] });
    const id = await finished(
      browser,
      transcriptOf('', { durationSec: HOUR, segments: segmentsOf(turns) }),
      encodeEvidence({ channels: [evidence] }),
    );
    const tell = async (body: object) => await browser.post<Transcript>(`/api/tasks/${id}/speakers`, body);

    const first = await tell({});
    expect(first).toMatchObject({ status: 200, body: { revision: 1 } });
    expect(counted(first.body)).toBe(4);
    const [, second, third] = first.body.segments;
    const spoken = (segment: Segment | undefined) => ({ start: segment?.start, end: segment?.end });
    await patch(browser, id, {
      revision: 1,
      speakers: [
        { id: second?.speaker, name: 'Ada' },
        { id: third?.speaker, name: 'Ben' },
        { id: 'clerk', name: 'The clerk' },
      ],
      segments: [
        { ...spoken(third), text: 'What Ben really said.' },
        { ...spoken(first.body.segments[9]), speaker: 'clerk' },
      ],
    });

    const names = (transcript: Transcript) => transcript.speakers?.flatMap(({ name, seconds }) => (name && seconds > 0 ? name : []));
    const edits = { third: { text: 'What Ben really said.', corrected: true }, ninth: { speaker: 'clerk', corrected: true } };
    for (const [asked, number] of [
      [{ speakers: 2 }, 2],
      [{}, 4],
    ] as const) {
      const { status, body } = await tell(asked);
      expect(status).toBe(200);
      expect(counted(body), JSON.stringify(asked)).toBe(number + 1);
      expect(body.segments[2]).toMatchObject(edits.third);
      expect(body.segments[9]).toMatchObject(edits.ninth);
      expect(names(body)).toContain('The clerk');
      expect(await read(browser, id)).toEqual(body);
    }
    const last = await read(browser, id);
    expect(names(last)?.toSorted()).toEqual(['Ada', 'Ben', 'The clerk']);
    const nameOf = (segment: Segment | undefined) => last.speakers?.find((one) => one.id === segment?.speaker)?.name;
    expect([last.segments[1], last.segments[2], last.segments[5]].map(nameOf)).toEqual(['Ada', 'Ben', 'Ada']);
  });

  it('are proposed as the same person over the recordings of a job, by the name that one of them has', async () => {
    const browser = ann();
    const conversations = [
      [1, 2],
      [3, 1],
      [4, 5],
    ].map((voices, index) => madeEvidence({ seconds: 60, voices, seed: index + 1 }));
    const recordings = [];
    for (const name of ['a.wav', 'b.wav', 'c.wav']) recordings.push((await browser.upload<Recording>(name, crypto.randomUUID())).body.id);
    const job = (await browser.post<Job>('/api/jobs', { recordingIds: recordings })).body;
    const [one, two] = job.tasks;
    for (const [index, { evidence, turns }] of conversations.entries()) {
      const id = job.tasks[index]?.id ?? '';
      app.jobs.succeed(id, transcriptOf('', { segments: segmentsOf(turns) }), undefined, encodeEvidence({ channels: [evidence] }));
      expect((await browser.post(`/api/tasks/${id}/speakers`, {})).status).toBe(200);
    }
    const voices = async (as = browser) => await as.json<JobVoices>(`/api/jobs/${job.id}/voices`);
    const same = [
      { taskId: one?.id, recording: 'a.wav', speaker: { id: 'S1', name: null } },
      { taskId: two?.id, recording: 'b.wav', speaker: { id: 'S2', name: null } },
    ];
    expect(await voices()).toMatchObject({ status: 200, body: { persons: [{ name: null, likeness: expect.closeTo(1, 1), voices: same }] } });
    await patch(browser, two?.id ?? '', { revision: 1, speakers: [{ id: 'S2', name: 'Ada' }] });
    expect((await voices()).body.persons).toMatchObject([{ name: 'Ada', voices: [same[0], { speaker: { name: 'Ada' } }] }]);
    await patch(browser, one?.id ?? '', { revision: 1, speakers: [{ id: 'S1', name: 'Eve' }] });
    expect((await voices()).body.persons).toMatchObject([{ name: null }]);
    expect((await voices(ann())).status).toBe(404);
  });

  it('that nobody listened to are heard first, and that can be cancelled; where the recording is gone it says so', async () => {
    const browser = ann();
    const id = await finished(browser, transcriptOf('Good morning.'));
    const tell = async (as = browser) => await as.post<Task & ErrorBody>(`/api/tasks/${id}/speakers`, { speakers: 2 });
    expect(await tell()).toMatchObject({ status: 202, body: { id, state: 'succeeded', hearing: { state: 'queued', error: null } } });
    const cancel = async (as: Browser) => await as.post<Task>(`/api/tasks/${id}/speakers/cancel`, {});
    expect((await cancel(ann())).status).toBe(404);
    const stopped = await cancel(browser);
    expect(stopped).toMatchObject({ status: 200, body: { id, state: 'succeeded' } });
    expect(stopped.body).not.toHaveProperty('hearing');
    await rm(app.files.path(stopped.body.recording.id));
    expect(await tell()).toMatchObject({ status: 409, body: { error: { code: 'speakers_not_heard', hint: expect.stringContaining('Upload') } } });
  });

  it('asked for wrongly are refused with what to do; another session has none', async () => {
    const browser = ann();
    const id = await finished(browser, transcriptOf('Good morning.'));
    const tell = async (body: object, as = browser) => await as.post<ErrorBody>(`/api/tasks/${id}/speakers`, body);
    expect(await tell({ minSpeakers: 3, maxSpeakers: 2 })).toMatchObject({ status: 400, body: { error: { field: 'minSpeakers' } } });
    expect(await tell({ speakers: 0 })).toMatchObject({ status: 400 });
    expect(await tell({ speakers: 2 }, ann())).toMatchObject({ status: 404 });
  });
});
