import { readFile } from 'node:fs/promises';
import { sampleRecording } from '@bulk-transcribe/sample';
import { describe, expect, it } from 'vitest';
import { mediaType } from '../../src/recordings/media-type.ts';

const head = (text: string) => Buffer.from(text, 'latin1');

describe('the content type of a recording', () => {
  it.each([
    ['RIFF\x24\x00\x00\x00WAVEfmt ', 'audio/wav'],
    ['RIFF\x24\x00\x00\x00AVI LIST', 'video/x-msvideo'],
    ['ID3\x04\x00', 'audio/mpeg'],
    ['\xff\xfb\x90\x64', 'audio/mpeg'],
    ['\xff\xf1\x50\x80', 'audio/aac'],
    ['fLaC\x00', 'audio/flac'],
    ['OggS\x00\x02......................\x01\x13OpusHead', 'audio/ogg'],
    ['OggS\x00\x02......................\x01\x2a\x80theora', 'video/ogg'],
    ['\x00\x00\x00\x20ftypM4A \x00', 'audio/mp4'],
    ['\x00\x00\x00\x20ftypisom', 'video/mp4'],
    ['\x00\x00\x00\x14ftypqt  ', 'video/quicktime'],
    ['\x1a\x45\xdf\xa3\x9f\x42\x86\x42\x82\x84webm', 'video/webm'],
    ['\x1a\x45\xdf\xa3\x9f\x42\x86\x42\x82\x88matroska', 'video/x-matroska'],
    ['#!AMR\n', 'audio/amr'],
    [`G${'\x00'.repeat(187)}G`, 'video/mp2t'],
  ])('%j is %s', (bytes, type) => expect(mediaType(head(bytes))).toBe(type));

  it.each(['', '<!doctype html>', '<svg xmlns="http://www.w3.org/2000/svg">', 'GIF89a', '%PDF-1.7', 'alert(1)'])('%j stays plain bytes', (bytes) =>
    expect(mediaType(head(bytes))).toBe('application/octet-stream'),
  );

  it('of the sample is MP3', async () => {
    expect(mediaType(await readFile(sampleRecording.path))).toBe('audio/mpeg');
  });
});
