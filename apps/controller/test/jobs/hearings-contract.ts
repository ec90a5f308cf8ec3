/** What every job store promises of speakers that are heard after the text was made, on whatever database. */
import { AppError, type Transcript } from '@bulk-transcribe/protocol';
import { expect, test } from 'vitest';
import type { OpenJobStore } from '../../src/jobs/open-job-store.ts';
import { noOverlay } from '../../src/transcripts/overlay.ts';
import { claimed, crash, newTask, nextEvents, someProgress, transcript } from './stored-jobs.ts';

const anyNumber = { speakers: null, minSpeakers: null, maxSpeakers: null };
const evidence = Uint8Array.of(1, 2, 3);
/** As a worker gives it: S1 speaks first, then S2. */
const heard: Transcript = {
  ...transcript,
  segments: [],
  warnings: [],
  speakers: ['S1', 'S2'].map((id) => ({ id, name: null, seconds: 4.5 })),
  turns: [
    { speaker: 'S1', start: 0, end: 4.5 },
    { speaker: 'S2', start: 4.5, end: 9 },
  ],
  provenance: { ...transcript.provenance, steps: [{ step: 'decode', wallMs: 1 }, { step: 'diarize', wallMs: 5 }] }, // biome-ignore format: one line
};
const failed: Transcript = { ...transcript, warnings: [{ code: 'diarization_failed', message: 'No.' }, ...transcript.warnings] };

export function testHearings(open: () => Promise<OpenJobStore>): void {
  /** A task with a transcript that has no speakers. */
  const finished = async (store: OpenJobStore) => {
    const { id, jobId } = await newTask(store);
    await store.succeed(await claimed(store), failed);
    return { id, jobId };
  };

  test('a finished task whose speakers are heard has them in its transcript, with every correction, and what they were told by', async () => {
    const store = await open();
    const { id, jobId } = await finished(store);
    await store.keepOverlay('mine', id, { after: 0, overlay: { ...noOverlay, segments: [{ start: 0, end: 4, text: 'Corrected.' }] } });
    const asked = await store.hearSpeakers('mine', id, { ...anyNumber, speakers: 2 });
    expect(asked).toMatchObject({ id, state: 'succeeded', warnings: 2, hearing: { state: 'queued', error: null } });
    const attempt = await claimed(store);
    expect(attempt).toMatchObject({ hearing: true, attempt: 1, options: { diarization: true, speakers: 2 }, recording: asked.recording });
    await store.update(attempt, { ...someProgress, stage: 'diarize' });
    const running = { state: 'succeeded', hearing: { state: 'running', progress: someProgress.progress, worker: { name: 'local' } } };
    expect(await store.task('mine', id)).toMatchObject(running);
    expect(await store.job('mine', jobId)).toMatchObject({ tasks: [running] });
    expect((await store.jobs('mine'))[0]?.tasks).toHaveLength(1);
    expect(await store.succeed(attempt, heard, evidence)).toBe(true);
    const task = await store.task('mine', id);
    expect(task).toMatchObject({ state: 'succeeded', attempt: 1, warnings: 1 });
    expect(task).not.toHaveProperty('hearing');
    expect(await store.transcript('mine', id)).toMatchObject({
      revision: 2,
      speakers: heard.speakers,
      segments: [{ text: 'Corrected.', corrected: true, speaker: 'S1' }],
      warnings: transcript.warnings,
      provenance: { steps: [{ step: 'diarize' }] },
    });
    expect((await store.storedTranscript('mine', id))?.original).toEqual(failed);
    expect(Buffer.from((await store.speakerEvidence('mine', id)) ?? [])).toEqual(Buffer.from(evidence));
    const told = (await nextEvents(store, { count: 7 })).map(({ event }) => event.type === 'task' && [event.task.id, event.task.hearing?.state]);
    expect(told.slice(3)).toEqual([...['queued', 'dispatched', 'running'].map((state) => [id, state]), [id, undefined]]);
  });

  test('names that people have given to speakers stay with them', async () => {
    const store = await open();
    const { id } = await finished(store);
    const ada = { id: 'P1', name: 'Ada', anchors: [[5, 9]] as const };
    await store.keepOverlay('mine', id, { after: 0, overlay: { ...noOverlay, speakers: [ada] } });
    await store.hearSpeakers('mine', id, anyNumber);
    await store.succeed(await claimed(store), heard, evidence);
    expect((await store.transcript('mine', id))?.speakers).toEqual([
      { id: 'S1', name: null, seconds: 4.5 },
      { id: 'P1', name: 'Ada', seconds: 4.5 },
    ]);
  });

  test('a hearing that fails, or is cancelled, leaves the transcript as it was; it can be asked for again', async () => {
    const store = await open();
    const { id } = await finished(store);
    await store.hearSpeakers('mine', id, anyNumber);
    await store.fail(await claimed(store), new AppError('media_unreadable', 'It is damaged.'));
    expect(await store.task('mine', id)).toMatchObject({ state: 'succeeded', hearing: { state: 'failed', error: { code: 'media_unreadable' } } });
    expect(await store.transcript('mine', id)).toEqual(failed);
    expect(await store.hearSpeakers('mine', id, { ...anyNumber, speakers: 3 })).toMatchObject({ hearing: { state: 'queued', error: null } });
    const attempt = await claimed(store);
    expect(attempt).toMatchObject({ attempt: 2, options: { speakers: 3 } });
    expect(await store.cancelHearing('mine', id)).not.toHaveProperty('hearing');
    expect(await store.succeed(attempt, heard, evidence)).toBe(false);
    expect(await store.settlements('local')).toContainEqual({ taskId: attempt.taskId, attempt: 2 });
    expect(await store.transcript('mine', id)).toEqual(failed);
    expect(await store.cancelHearing('mine', id)).toMatchObject({ id, state: 'succeeded' });
    expect(await store.hearSpeakers('mine', id, anyNumber)).toMatchObject({ hearing: { state: 'queued' } });
  });

  test('a hearing has as many attempts as a task', async () => {
    const store = await open();
    const { id } = await finished(store);
    await store.hearSpeakers('mine', id, anyNumber);
    for (const state of ['queued', 'queued', 'failed']) {
      await store.fail(await claimed(store), crash);
      expect(await store.task('mine', id)).toMatchObject({ state: 'succeeded', hearing: { state, error: { code: 'engine_crashed' } } });
    }
  });

  test('one hearing is under way at a time: the same wish changes nothing, another one is refused', async () => {
    const store = await open();
    const { id } = await finished(store);
    const first = await store.hearSpeakers('mine', id, anyNumber);
    expect(await store.hearSpeakers('mine', id, anyNumber)).toEqual(first);
    await expect(store.hearSpeakers('mine', id, { ...anyNumber, speakers: 2 })).rejects.toMatchObject({ code: 'conflict' });
    await claimed(store);
    expect(await store.claim({ name: 'local', device: 'cpu' })).toBeNull();
  });

  test('only the owner of a finished task has its speakers heard', async () => {
    const store = await open();
    const { id } = await finished(store);
    await expect(store.hearSpeakers('theirs', id, anyNumber)).rejects.toMatchObject({ code: 'not_found' });
    await expect(store.cancelHearing('theirs', id)).rejects.toMatchObject({ code: 'not_found' });
    const waiting = await newTask(store);
    await expect(store.hearSpeakers('mine', waiting.id, anyNumber)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('a job that is cancelled or deleted takes its hearings along, and its workers are told', async () => {
    const store = await open();
    const { id, jobId } = await finished(store);
    await store.hearSpeakers('mine', id, anyNumber);
    const attempt = await claimed(store);
    expect(await store.modelsInUse()).toEqual(new Set());
    const job = await store.cancelJob('mine', jobId);
    expect(job.tasks).toMatchObject([{ id, state: 'succeeded' }]);
    expect(job.tasks[0]).not.toHaveProperty('hearing');
    expect(await store.holds(attempt)).toBe(false);
    await store.hearSpeakers('mine', id, anyNumber);
    const second = await claimed(store);
    await store.deleteJob('mine', jobId);
    expect(await store.settlements('local')).toEqual(
      expect.arrayContaining([attempt, second].map(({ taskId, attempt: number }) => ({ taskId, attempt: number }))),
    );
    expect(await store.holds(second)).toBe(false);
  });
}
