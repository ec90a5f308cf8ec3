import { describe, expect, it } from 'vitest';
import { problemOf } from '../src/api/request.ts';
import { parsePath, placeIn, searchPath, transcriptPath } from '../src/router.ts';
import { choose, looksLikeRecording } from '../src/uploads/chosen-files.ts';

const file = (name: string, type = '') => new File(['x'], name, { type });

describe('chosen files', () => {
  it('look like a recording by type or by name', () => {
    expect(looksLikeRecording(file('call', 'audio/ogg'))).toBe(true);
    expect(looksLikeRecording(file('phone.AMR'))).toBe(true);
    expect(looksLikeRecording(file('notes.pdf', 'application/pdf'))).toBe(false);
    expect(looksLikeRecording(file('._anna.mp3', 'audio/mpeg'))).toBe(false);
  });

  it('are all taken one by one, and sorted out in a folder', () => {
    const single = { file: file('strange.bin'), folder: '' };
    const inFolder = { file: file('a.mp3'), folder: 'March' };
    const noise = { file: file('.DS_Store'), folder: 'March' };
    expect(choose([single, inFolder, noise])).toEqual({ files: [single, inFolder], leftOut: 1 });
  });
});

describe('problems', () => {
  it("are told in the controller's words where it answered", () => {
    const error = { code: 'disk_full', message: 'The disk is full.', hint: 'Free some space.' };
    expect(problemOf({ error }, 507)).toEqual({ message: 'The disk is full.', hint: 'Free some space.' });
  });

  it('are told by status where a proxy answered, and as no answer where nobody did', () => {
    expect(problemOf(undefined, 502).message).toContain('502');
    expect(problemOf(undefined, 0).message).toBe('Bulk Transcribe does not answer.');
  });
});

describe('addresses', () => {
  it('name a view, or none', () => {
    const taskId = '01930000-0000-7000-8000-000000000001';
    expect(parsePath('/')).toEqual({ page: 'jobs' });
    expect(parsePath(`/transcripts/${taskId}`)).toEqual({ page: 'transcript', taskId });
    expect(parsePath('/transcripts/other')).toEqual({ page: 'unknown' });
    expect(parsePath(searchPath('Zürich? & "a b"'))).toEqual({ page: 'search', query: 'Zürich? & "a b"' });
    expect(placeIn(transcriptPath(taskId, 12.5).replace(/^[^#]*/, ''))).toBe(12.5);
    expect(placeIn('#content')).toBeNull();
  });
});
