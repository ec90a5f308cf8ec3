/** Speakers heard after the text was made: from the wish to the transcript, through workers that fail, die and come back. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Task } from '@bulk-transcribe/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { spawnWorker, temporaryFolder } from '../../../worker/test/run-worker.ts';
import { TOKEN } from '../../../worker/test/worker-client.ts';
import { quiet, temporaryDataRoot } from '../database/template.ts';
import { noRemote } from '../remote/no-remote.ts';
import { type Core, final, openCore, submit, untilTask } from './controller-core.ts';

const anyNumber = { speakers: null, minSpeakers: null, maxSpeakers: null };

async function open(dataRoot: string): Promise<Core> {
  const core = await openCore({ dataRoot, log: quiet });
  onTestFinished(() => core.close());
  return core;
}

/** A task whose transcript has no speakers, and that is to have them. */
async function asked(core: Core, recording: string): Promise<string> {
  const [task] = await submit(core, [recording]);
  expect(await final(core.jobs, task)).toMatchObject({ state: 'succeeded' });
  await core.jobs.hearSpeakers('mine', task?.id ?? '', anyNumber);
  return task?.id ?? '';
}

/** From now on: before it was asked for there was no hearing either. */
async function untilHeard({ jobs }: Core, id: string): Promise<void> {
  const lastId = await jobs.lastEventId('mine');
  if (!(await jobs.task('mine', id))?.hearing) return;
  for await (const { event } of jobs.events('mine', lastId, AbortSignal.timeout(90_000))) {
    if (event.type === 'task' && event.task.id === id && !event.task.hearing) return;
  }
}

const isAt =
  (state: string) =>
  ({ hearing }: Task): boolean =>
    hearing?.state === state;

const speakersOf = async ({ jobs }: Core, id: string) => (await jobs.transcript('mine', id))?.segments.map(({ speaker }) => speaker);

test('the words get speakers, the text stays, and the next number of speakers needs no recording', async () => {
  const core = await open(await temporaryDataRoot());
  const id = await asked(core, 'fake{windows=2,evidence=100000}');
  await untilHeard(core, id);
  expect(await core.jobs.transcript('mine', id)).toMatchObject({
    segments: [
      { text: 'Fake window 0.', speaker: 'S1' },
      { text: 'Fake window 1.', speaker: 'S2' },
    ],
    speakers: [{ id: 'S1', seconds: 5 }, { id: 'S2' }],
  });
  expect(await core.jobs.speakerEvidence('mine', id)).toHaveLength(100_000);
  expect(core.dispatch.status().routing.timesRealTime, 'hearing says nothing of the speed of transcribing').toBe(
    (await core.jobs.transcript('mine', id))?.provenance.timesRealTime,
  );
});

test('a hearing that fails leaves the transcript, says why, and may be tried again', async () => {
  const core = await open(await temporaryDataRoot());
  const id = await asked(core, 'fake{windows=2,evidence=10,hear-fail=diarization_failed,hear-times=3}');
  const failed = await untilTask(core.jobs, id, isAt('failed'));
  expect(failed).toMatchObject({ state: 'succeeded', hearing: { error: { code: 'diarization_failed', hint: expect.stringContaining('again') } } });
  expect(await speakersOf(core, id)).toEqual([undefined, undefined]);
  await core.jobs.hearSpeakers('mine', id, anyNumber);
  await untilHeard(core, id);
  expect(await speakersOf(core, id)).toEqual(['S1', 'S2']);
});

test('a worker that gives speakers without what they were told by has not heard them', async () => {
  const core = await open(await temporaryDataRoot());
  const id = await asked(core, 'fake{windows=2}');
  expect(await untilTask(core.jobs, id, isAt('failed'))).toMatchObject({ hearing: { error: { code: 'not_found' } } });
});

test('a hearing that is cancelled leaves its worker, which takes the next task', async () => {
  const core = await open(await temporaryDataRoot());
  const gate = core.recordingPath('never');
  const id = await asked(core, `fake{windows=2,hear-wait-for=${gate}}`);
  await untilTask(core.jobs, id, (task) => (task.hearing?.progress.doneSec ?? 0) > 0);
  expect(await core.jobs.cancelHearing('mine', id)).not.toHaveProperty('hearing');
  const [next] = await submit(core, ['fake{}']);
  expect(await final(core.jobs, next)).toMatchObject({ state: 'succeeded' });
  expect(await speakersOf(core, id)).toEqual([undefined, undefined]);
});

test('a controller that closes in the middle goes on with it at its next start', async () => {
  const dataRoot = await temporaryDataRoot();
  const gate = path.join(dataRoot, 'gate');
  const first = await openCore({ dataRoot, log: quiet });
  const id = await asked(first, `fake{windows=2,evidence=10,hear-wait-for=${gate}}`);
  await untilTask(first.jobs, id, isAt('running'));
  await first.close();
  await writeFile(gate, '');
  const second = await open(dataRoot);
  await untilHeard(second, id);
  expect(await speakersOf(second, id)).toEqual(['S1', 'S2']);
});

test('a remote worker hears them where recordings go there, whatever models it has', async () => {
  const dataRoot = await temporaryDataRoot();
  const { client } = await spawnWorker(await temporaryFolder());
  const remote = await noRemote(dataRoot);
  const core = await openCore({ dataRoot, log: quiet, remote });
  onTestFinished(() => core.close());
  const gate = path.join(dataRoot, 'gate');
  const [task] = await submit(core, [`fake{windows=2,evidence=10,hear-wait-for=${gate}}`]);
  expect(await final(core.jobs, task)).toMatchObject({ worker: { name: 'local' } });
  await remote.settings.save({ url: client.url, token: TOKEN, mode: 'required' });
  const id = task?.id ?? '';
  await core.jobs.hearSpeakers('mine', id, anyNumber);
  expect(await untilTask(core.jobs, id, isAt('running'))).toMatchObject({ hearing: { worker: { remote: true } } });
  await writeFile(gate, '');
  await untilHeard(core, id);
  expect(await speakersOf(core, id)).toEqual(['S1', 'S2']);
});
