import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findInputs, type Input, requireFile } from '../src/transcribe/find-inputs.ts';
import { planOutputs } from '../src/transcribe/plan-outputs.ts';
import { emptyFolder } from './run-cli.ts';

const input = (file: string): Input => {
  const [name = '', ...folders] = file.split('/').reverse();
  return { path: `/${file}`, name, label: file, within: folders.reverse(), size: 1 };
};

const planned = (files: readonly string[], earlier: Readonly<Record<string, string>> = {}) =>
  planOutputs(files.map(input), ['txt', 'srt'], ({ label }) => earlier[label] ?? null).map((outputs) => outputs.map(({ file }) => file));

describe('planned outputs', () => {
  it('number recordings of the same name, so that none overwrites another', () => {
    expect(planned(['talk.mp3', 'talk.wav', 'Talk.m4a', 'talk (2).mp3'])).toEqual([
      ['talk.txt', 'talk.srt'],
      ['talk (2).txt', 'talk (2).srt'],
      ['Talk (3).txt', 'Talk (3).srt'],
      ['talk (2) (2).txt', 'talk (2) (2).srt'],
    ]);
  });

  it('keep dots in a name, and are called so that every system takes them', () => {
    expect(planned(['2026.03.04 hearing.mp3', 'con/a:b?.mp3'])).toEqual([
      ['2026.03.04 hearing.txt', '2026.03.04 hearing.srt'],
      ['_con/a_b_.txt', '_con/a_b_.srt'],
    ]);
  });

  it('lie in the folders that the recordings lie in', () => {
    expect(planned(['monday/talk.mp3', 'tuesday/talk.mp3']).map(([file]) => file)).toEqual(['monday/talk.txt', 'tuesday/talk.txt']);
  });

  it('keep the name under which a recording was transcribed before, whoever has come since', () => {
    expect(planned(['talk.m4a', 'talk.mp3'], { 'talk.mp3': 'talk' }).map(([file]) => file)).toEqual(['talk (2).txt', 'talk.txt']);
  });
});

describe('inputs', () => {
  it('of a folder are the recordings in it to the bottom, each once, counted as people count', async () => {
    const folder = emptyFolder();
    for (const name of ['b', 'a/deep', '.hidden']) mkdirSync(path.join(folder, name), { recursive: true });
    const files = ['10.mp3', '9.MP3', 'notes.txt', '._9.mp3', 'a/deep/x.opus', 'b/film.mkv', '.hidden/secret.mp3'];
    for (const name of files) writeFileSync(path.join(folder, name), 'x');
    symlinkSync(path.join(folder, '10.mp3'), path.join(folder, 'b', 'link.mp3'));
    symlinkSync(folder, path.join(folder, 'b', 'circle.mp3'));
    const found = await findInputs([folder, path.join(folder, '10.mp3')]);
    expect(found.map(({ label }) => label)).toEqual(['9.MP3', '10.mp3', 'a/deep/x.opus', 'b/film.mkv', 'b/link.mp3']);
    expect(found[2]).toMatchObject({ path: path.join(folder, 'a/deep/x.opus'), within: ['a', 'deep'], size: 1 });
  });

  it('that are named themselves are taken whatever they are called, also where there are none', async () => {
    const folder = emptyFolder();
    writeFileSync(path.join(folder, 'dictaphone.raw'), 'x');
    const named = ['dictaphone.raw', 'nowhere.mp3'].map((name) => path.join(folder, name));
    expect((await findInputs(named)).map(({ name, size }) => [name, size])).toEqual([
      ['dictaphone.raw', 1],
      ['nowhere.mp3', 0],
    ]);
  });

  it.each([
    ['nowhere.mp3', 'There is no such file'],
    ['-', 'Standard input is not read'],
    ['texts', 'In the folder “texts” nothing is called like a recording'],
  ])('that are none are refused in their turn: %s', async (name, sentence) => {
    const folder = emptyFolder();
    mkdirSync(path.join(folder, 'texts'));
    const [found] = await findInputs([path.join(folder, name)]);
    await expect(requireFile(found as Input)).rejects.toThrow(sentence);
  });
});
