import { describe, expect, it } from 'vitest';
import { parseKept } from '../src/uploads/kept-uploads.ts';
import { batchName, nextToSend, reduceUploads, type Upload, type UploadAction, uploadTotals } from '../src/uploads/upload-queue.ts';
import { recording, upload } from './examples.ts';

const after = (...actions: UploadAction[]): readonly Upload[] => actions.reduce(reduceUploads, []);
const added: UploadAction = { type: 'added', uploads: [upload('a'), upload('b'), upload('c')] };

describe('the upload queue', () => {
  it('sends two files at a time, oldest first', () => {
    expect(nextToSend(after(added)).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(nextToSend(after(added, { type: 'sending', id: 'a' })).map(({ id }) => id)).toEqual(['b']);
    expect(nextToSend(after(added, { type: 'sending', id: 'a' }, { type: 'sending', id: 'b' }))).toEqual([]);
  });

  it('goes on with the next file when one has failed', () => {
    const problem = { message: 'The disk is full.', hint: 'Free some space.' };
    const uploads = after(added, { type: 'sending', id: 'a' }, { type: 'sending', id: 'b' }, { type: 'failed', id: 'a', problem });
    expect(nextToSend(uploads).map(({ id }) => id)).toEqual(['c']);
    expect(uploads[0]).toMatchObject({ state: 'failed', problem });
  });

  it('sends a failed file again from its beginning', () => {
    const problem = { message: '', hint: '' };
    const uploads = after(
      added,
      { type: 'sending', id: 'a' },
      { type: 'progress', id: 'a', sent: 40 },
      { type: 'failed', id: 'a', problem },
      { type: 'again', id: 'a' },
    );
    expect(uploads[0]).toMatchObject({ state: 'waiting', sent: 0, problem: null });
  });

  it('takes the same file only once', () => {
    expect(after(added, { type: 'added', uploads: [upload('b'), upload('d')] }).map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('forgets what became part of a job', () => {
    expect(after(added, { type: 'removed', ids: ['a', 'c'] }).map(({ id }) => id)).toEqual(['b']);
  });

  it('takes the stored files as another tab left them, and keeps its own that are under way', () => {
    const stored = (name: string) => upload(name, { state: 'stored', recording: recording(1) });
    const mine = [stored('a'), stored('b'), upload('c', { state: 'sending' }), upload('d', { state: 'failed' })];
    const merged = reduceUploads(mine, { type: 'kept-elsewhere', kept: [stored('b'), stored('e')] });
    expect(merged.map(({ id }) => id)).toEqual(['c', 'd', 'b', 'e']);
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

describe('the remembered uploads', () => {
  it('come back as they were stored', () => {
    const stored = [upload('a', { state: 'stored', recording: recording(1) })];
    expect(parseKept(JSON.stringify(stored))).toEqual(stored);
  });

  it('are none when the memory is empty, damaged or of another kind', () => {
    for (const text of [null, '', 'no JSON', '{}', '[null, 7, {"id":"a"}]', JSON.stringify([upload('a')])]) expect(parseKept(text)).toEqual([]);
  });
});
