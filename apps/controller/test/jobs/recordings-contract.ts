/** What every job store promises of recordings, on whatever database. */
import { randomUUIDv7 } from 'node:crypto';
import { defaultOptions } from '@bulk-transcribe/protocol';
import { expect, test } from 'vitest';
import type { OpenJobStore } from '../../src/jobs/open-job-store.ts';
import { addRecordings, newTask } from './stored-jobs.ts';

export function testRecordings(open: () => Promise<OpenJobStore>): void {
  test('a name is kept as far as it can be: without NUL and half characters, at most 1,000 long', async () => {
    const store = await open();
    const name = async (given: string) =>
      (await store.addRecording('mine', { id: randomUUIDv7(), name: given, size: 1, sha256: 'a'.repeat(64) })).name;
    expect(await name('a\0b\ud83c.mp3')).toBe('ab\ufffd.mp3');
    expect(await name('x'.repeat(3000))).toBe('x'.repeat(1000));
  });

  test('names may hold anything a client calls its file', async () => {
    const store = await open();
    const id = randomUUIDv7();
    const recording = await store.addRecording('mine', { id, name: "../a'; DROP TABLE job;\0 🎙\ud800", size: 5e9, sha256: 'b'.repeat(64) });
    expect(recording).toMatchObject({ id, name: "../a'; DROP TABLE job; 🎙\ufffd", size: 5e9 });
    expect(await store.recording('mine', id)).toEqual(recording);
    expect(await store.existingRecordings([id, randomUUIDv7()])).toEqual(new Set([id]));
  });

  test('a recording goes only when no job uses it', async () => {
    const store = await open();
    const { recording, jobId } = await newTask(store);
    await expect(store.deleteRecording('mine', recording.id)).rejects.toMatchObject({ code: 'conflict' });
    await store.deleteJob('mine', jobId);
    const [unused = ''] = await addRecordings(store, 'mine', 1);
    await store.deleteRecording('mine', unused);
    expect(await store.existingRecordings([recording.id, unused])).toEqual(new Set());
  });

  test('a session finds its unused recordings and its bytes, each counted once, and nobody else’s', async () => {
    const store = await open();
    const add = (session: string, size: number, letter: string) =>
      store.addRecording(session, { id: randomUUIDv7(), name: letter, size, sha256: letter.repeat(64) });
    const [one, twin, other] = [await add('mine', 1000, 'a'), await add('mine', 1000, 'a'), await add('mine', 5e9, 'b')];
    await add('theirs', 7, 'c');
    expect(await store.storedBytes('mine')).toBe(5e9 + 1000);
    expect(await store.storedBytes('nobody')).toBe(0);
    expect(await store.recordingWithBytes('mine', other)).toEqual(other);
    expect(await store.recordingWithBytes('mine', { size: 1, sha256: other.sha256 })).toBeNull();
    expect(await store.recordingWithBytes('theirs', other)).toBeNull();
    expect(await store.unusedRecordings('mine')).toEqual([one, twin, other]);
    await store.createJob('mine', { name: 'n', options: defaultOptions, recordingIds: [twin.id] });
    expect(await store.unusedRecordings('mine')).toEqual([one, other]);
  });
}
