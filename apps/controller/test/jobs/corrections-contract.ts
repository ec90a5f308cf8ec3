/** What every job store promises of what people correct, on whatever database. */
import { expect, test } from 'vitest';
import type { OpenJobStore } from '../../src/jobs/open-job-store.ts';
import { noOverlay } from '../../src/transcripts/overlay.ts';
import { claimed, newTask, transcript } from './stored-jobs.ts';

export function testCorrections(open: () => Promise<OpenJobStore>): void {
  test('of two corrections of the same revision one is kept, and the transcript as it was made stays', async () => {
    const store = await open();
    const { id } = await newTask(store);
    await store.succeed(await claimed(store), transcript);
    const overlay = (text: string) => ({ ...noOverlay, segments: [{ start: 0, end: 4, text }] });
    const both = ['one', 'other'].map((text) => store.keepOverlay('mine', id, { after: 0, overlay: overlay(text) }));
    const ends = await Promise.allSettled(both);
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(ends.find((end) => end.status === 'rejected')?.reason).toMatchObject({ code: 'conflict', field: 'revision' });
    await store.keepOverlay('mine', id, { after: 1, overlay: overlay('second') });
    expect(await store.transcript('mine', id)).toMatchObject({ revision: 2, segments: [{ text: 'second', corrected: true }] });
    expect((await store.storedTranscript('mine', id))?.original).toEqual(transcript);
    expect(await store.storedTranscript('theirs', id)).toBeNull();
    await expect(store.keepOverlay('theirs', id, { after: 2, overlay: noOverlay })).rejects.toMatchObject({ code: 'not_found' });
    await expect(store.keepOverlay('mine', id, { after: 7, overlay: noOverlay })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('what speakers were told apart by is kept byte for byte with the transcript, and goes with it', async () => {
    const store = await open();
    const evidence = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256);
    const [one, two] = [await newTask(store), await newTask(store)];
    await store.succeed(await claimed(store), transcript, evidence);
    await store.succeed(await claimed(store), transcript, null);
    const kept = await store.speakerEvidence('mine', one.id);
    expect(Buffer.compare(kept ?? new Uint8Array(), evidence)).toBe(0);
    expect(await store.speakerEvidence('mine', two.id)).toBeNull();
    expect(await store.speakerEvidence('theirs', one.id)).toBeNull();
    await store.deleteJob('mine', one.jobId);
    expect(await store.speakerEvidence('mine', one.id)).toBeNull();
  });
}
