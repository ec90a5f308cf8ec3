import { describe, expect, it } from 'vitest';
import { batchName, nextToSend, reduceUploads, type Upload, type UploadAction, uploadTotals } from '../src/uploads/upload-queue.ts';
import { recording, upload } from './examples.ts';

const after = (...actions: UploadAction[]): readonly Upload[] => actions.reduce(reduceUploads, []);
const added: UploadAction = { type: 'added', uploads: [upload('a'), upload('b'), upload('c')] };

describe('the upload queue', () => {
  it('sends two files at a time, oldest first', () => {
    expect(nextToSend(after(added)).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(nextToSend(after(added, { type: 'checking', id: 'a', checked: 0 })).map(({ id }) => id)).toEqual(['b']);
    expect(nextToSend(after(added, { type: 'checking', id: 'a', checked: 0 }, { type: 'checking', id: 'b', checked: 0 }))).toEqual([]);
  });

  it('goes on with the next file when one has failed', () => {
    const problem = { message: 'The disk is full.', hint: 'Free some space.' };
    const uploads = after(
      added,
      { type: 'checking', id: 'a', checked: 0 },
      { type: 'checking', id: 'b', checked: 0 },
      { type: 'failed', id: 'a', problem },
    );
    expect(nextToSend(uploads).map(({ id }) => id)).toEqual(['c']);
    expect(uploads[0]).toMatchObject({ state: 'failed', problem });
  });

  it('sends a failed file again from where it stopped', () => {
    const problem = { message: '', hint: '' };
    const uploads = after(
      added,
      { type: 'arrived', id: 'a', sent: 40, recordingId: 'r' },
      { type: 'failed', id: 'a', problem },
      { type: 'again', id: 'a' },
    );
    expect(uploads[0]).toMatchObject({ state: 'waiting', sent: 40, problem: null });
  });

  it('keeps the place of a file whose connection is lost', () => {
    const paused = after(
      added,
      { type: 'arrived', id: 'a', sent: 40, recordingId: 'r' },
      { type: 'checking', id: 'b', checked: 0 },
      { type: 'paused', id: 'a', paused: true },
    );
    expect(paused[0]).toMatchObject({ state: 'paused', sent: 40 });
    expect(nextToSend(paused)).toEqual([]);
    expect(reduceUploads(paused, { type: 'arrived', id: 'a', sent: 50, recordingId: 'r' })[0]).toMatchObject({ state: 'sending', sent: 50 });
  });

  it('shows a recording once, whether the list or the end of its upload tells of it first', () => {
    const sent = after(added, { type: 'arrived', id: 'a', sent: 100, recordingId: recording(1).id });
    const listed = reduceUploads(sent, { type: 'listed', recordings: [recording(1)] });
    expect(listed.map(({ id, state }) => [id, state])).toEqual([
      ['a', 'sending'],
      ['b', 'waiting'],
      ['c', 'waiting'],
    ]);
    const known = after(added, { type: 'listed', recordings: [recording(2)] }, { type: 'stored', id: 'b', recording: recording(2) });
    expect(known.map(({ id, state }) => [id, state])).toEqual([
      ['a', 'waiting'],
      ['b', 'stored'],
      ['c', 'waiting'],
    ]);
  });

  it('sends the same file twice one after the other', () => {
    const twice = after({ type: 'added', uploads: [upload('a', { fingerprint: 'same' }), upload('b', { fingerprint: 'same' }), upload('c')] });
    expect(nextToSend(twice).map(({ id }) => id)).toEqual(['a', 'c']);
    expect(nextToSend(reduceUploads(twice, { type: 'checking', id: 'a', checked: 0 })).map(({ id }) => id)).toEqual(['c']);
  });

  it('lists half uploads, and goes on with one when its file is chosen again', () => {
    const half = upload('half a', { fingerprint: 'a', state: 'half', sent: 40 });
    const listed = after(
      { type: 'added', uploads: [upload('b')] },
      { type: 'half', uploads: [half, upload('half b', { fingerprint: 'b', state: 'half' })] },
    );
    expect(listed.map(({ id }) => id)).toEqual(['b', 'half a']);
    expect(nextToSend(listed).map(({ id }) => id)).toEqual(['b']);
    const chosen = reduceUploads(listed, { type: 'added', uploads: [upload('a')] });
    expect(chosen.map(({ id, state, sent }) => ({ id, state, sent }))).toEqual([
      { id: 'b', state: 'waiting', sent: 0 },
      { id: 'a', state: 'waiting', sent: 40 },
    ]);
  });

  it('takes the same file only once', () => {
    expect(after(added, { type: 'added', uploads: [upload('b'), upload('d')] }).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('forgets what became part of a job', () => {
    expect(after(added, { type: 'removed', ids: ['a', 'c'] }).map(({ id }) => id)).toEqual(['b']);
  });

  it('takes the stored files as the controller lists them, and keeps its own that are under way', () => {
    const stored = (n: number) => upload(`file ${n}`, { state: 'stored', recordingId: recording(n).id, recording: recording(n) });
    const mine = [stored(1), stored(2), upload('c', { state: 'sending' }), upload('d', { state: 'failed' })];
    const listed = reduceUploads(mine, { type: 'listed', recordings: [recording(2), recording(3)] });
    expect(listed.map(({ id, state }) => [id, state])).toEqual([
      ['file 2', 'stored'],
      ['c', 'sending'],
      ['d', 'failed'],
      [recording(3).id, 'stored'],
    ]);
    expect(reduceUploads(listed, { type: 'listed', recordings: [recording(2), recording(3)] })).toBe(listed);
  });

  it('lets go of a stored recording once a job uses it', () => {
    const listed = after({ type: 'added', uploads: [upload('a')] }, { type: 'listed', recordings: [recording(1), recording(2)] });
    const used = reduceUploads(listed, { type: 'used', recordings: [recording(1), recording(7)] });
    expect(used.map(({ id }) => id)).toEqual(['a', recording(2).id]);
    expect(reduceUploads(used, { type: 'used', recordings: [recording(1)] })).toBe(used);
  });

  it('counts progress by bytes and leaves failed files out', () => {
    const uploads = [upload('a', { state: 'stored', size: 300 }), upload('b', { state: 'sending', sent: 50 }), upload('c', { state: 'failed' })];
    expect(uploadTotals(uploads)).toEqual({ stored: 1, underway: 1, fraction: 350 / 400 });
    expect(uploadTotals([])).toEqual({ stored: 0, underway: 0, fraction: 0 });
  });

  it('names a batch after its folder only if all of it comes from there', () => {
    expect(batchName([upload('a', { folder: 'March' }), upload('b', { folder: 'March' })])).toBe('March');
    expect(batchName([upload('a', { folder: 'March' }), upload('b')])).toBeUndefined();
    expect(batchName([upload('a')])).toBeUndefined();
  });
});
