import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sampleRecording } from '@bulk-transcribe/sample';
import { describe, expect, it } from 'vitest';
import { goldenFile, micro } from '../../../packages/speech/test/whisper/golden.ts';
import { emptyFolder, ended, folderWith, jsonLines, runCli as run, startCli as start } from './run-cli.ts';

describe('transcribe', () => {
  it('prints the text of one file, and only that, to standard output', async () => {
    const { code, stdout, stderr } = await run(['transcribe', 'speech.mp3', '--format', 'txt'], folderWith('speech.mp3'));
    expect(code).toBe(0);
    expect(stdout).toBe(`${sampleRecording.text}\n`);
    expect(stderr).toContain('speech.mp3: 0:00:11 of recording');
  });

  it('writes every file in every format, goes on after one that fails, and ends with code 1', async () => {
    const folder = folderWith('a.mp3', '-b c.mp3');
    writeFileSync(path.join(folder, 'notes.txt'), 'not a recording');
    const inputs = ['a.mp3', 'notes.txt', 'nowhere.mp3', '-b c.mp3'];
    const { code, stderr } = await run(['transcribe', '--format', 'txt,srt', '--out', 'texts', '--', ...inputs], folder);
    expect(code).toBe(1);
    expect(stderr).toContain('nowhere.mp3: There is no such file');
    expect(stderr).toContain('4 recordings: 2 transcribed, 2 failed');
    expect(stderr).toContain('notes.txt');
    expect(stderr).toContain('Convert or export it again');
    expect(readdirSync(path.join(folder, 'texts')).sort()).toEqual(['-b c.srt', '-b c.txt', '.bulk-transcribe', 'a.srt', 'a.txt']);
    expect(readFileSync(path.join(folder, 'texts', '-b c.txt'), 'utf8')).toBe(`${sampleRecording.text}\n`);
  });

  it('means paths from where the person stands, also through npm, and says who speaks where asked', async () => {
    const choices = ['--speakers', 'auto', '--format', 'csv'];
    const { stdout } = await run(['transcribe', 'speech.mp3', ...choices], tmpdir(), { INIT_CWD: folderWith('speech.mp3') });
    expect(stdout).toContain(',Speaker 1,');
    expect(stdout).toContain('what your country can do for you');
  });

  it.each([
    [['--model', 'nothing'], 'nothing'],
    [['--language', 'cs'], 'Choose a language that the model knows'],
  ])('%j is refused with a sentence', async (choices, sentence) => {
    const { code, stdout, stderr } = await run(['transcribe', 'speech.mp3', ...choices], folderWith('speech.mp3'));
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(sentence);
  });

  it('says before any work that nothing can be written to the folder', async () => {
    const { code, stderr } = await run(['transcribe', 'a.mp3', '--out', 'a.mp3'], folderWith('a.mp3'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Nothing can be written to .*a\.mp3 \(EEXIST\)\. Choose another folder with --out\.\n$/);
  });

  it('keeps a transcript that it knows nothing of, unless it is told to overwrite it', async () => {
    const folder = folderWith('a.mp3');
    writeFileSync(path.join(folder, 'a.txt'), 'corrected by hand');
    const kept = await run(['transcribe', 'a.mp3', '--out', '.'], folder);
    expect(kept.code).toBe(1);
    expect(kept.stderr).toContain('a.txt exists already; --overwrite replaces it.');
    expect(readFileSync(path.join(folder, 'a.txt'), 'utf8')).toBe('corrected by hand');
    expect((await run(['transcribe', 'a.mp3', '--out', '.', '--overwrite'], folder)).code).toBe(0);
    expect(readFileSync(path.join(folder, 'a.txt'), 'utf8')).toBe(`${sampleRecording.text}\n`);
  });

  it('ends well when its reader has enough', async () => {
    const child = start(['transcribe', 'a.mp3'], folderWith('a.mp3'));
    let stderr = '';
    child.stderr.on('data', (data) => (stderr += data));
    child.stdout.destroy();
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/EPIPE|at /);
  });

  it('teaches by examples, and writes nothing else than the sentences where no terminal listens', async () => {
    const help = await run(['transcribe', '--help'], tmpdir());
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('transcribe *.m4a --format txt,srt --out texts');
    const { stderr } = await run(['transcribe', 'a.mp3'], folderWith('a.mp3'));
    expect(stderr).not.toContain('\u001b');
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('takes the model that is installed where none is named', async () => {
    const folder = emptyFolder();
    mkdirSync(path.join(folder, 'models'));
    symlinkSync(micro, path.join(folder, 'models/micro'), 'dir');
    const { code, stdout } = await run(['transcribe', goldenFile('audio/jfk.flac'), '--json', '--out', 'texts'], folder, {
      MODELS_DIR: path.join(folder, 'models'),
    });
    expect(code).toBe(0);
    expect(jsonLines(stdout)[0]).toMatchObject({ status: 'transcribed', model: 'micro', words: 22 });
  });

  it('names a wrong variable and ends with code 2', async () => {
    const { code, stderr } = await run(['transcribe', 'x.mp3'], tmpdir(), { THREADS: 'many' });
    expect([code, stderr]).toEqual([2, 'THREADS is "many"; allowed: a whole number, 0 to 256.\n']);
  });

  it('gives programs a line of JSON for each recording, and nothing else', async () => {
    const folder = folderWith('a.mp3', 'a.wav');
    writeFileSync(path.join(folder, 'bad.mp3'), 'not a recording');
    writeFileSync(path.join(folder, 'a (2).txt'), 'by hand');
    const { code, stdout } = await run(['transcribe', '.', '--json'], folder);
    expect(code).toBe(1);
    const [first, second, third] = jsonLines<Record<string, unknown>>(stdout);
    expect(first).toMatchObject({
      file: path.join(folder, 'a.mp3'),
      name: 'a.mp3',
      status: 'transcribed',
      outputs: [{ format: 'txt', path: path.join(folder, 'a.txt') }],
      durationSec: 11,
      language: 'en',
      words: 22,
      speakers: 0,
      warnings: [],
      model: 'moonshine-tiny-en',
      device: 'cpu',
      windows: { total: 1, takenOver: 0 },
    });
    expect(second).toMatchObject({ name: 'a.wav', status: 'failed', error: { code: 'conflict' } });
    expect(third).toMatchObject({ name: 'bad.mp3', status: 'failed', error: { code: 'media_unreadable', hint: expect.any(String) } });
    const unknown = await run(['transcribe', '.', '--json', '--model', 'nothing'], folder);
    expect([unknown.code, jsonLines(unknown.stdout)]).toEqual([1, [{ error: expect.objectContaining({ code: 'model_not_found' }) }]]);
  });

  it('stops at Ctrl-C with code 130, and says how to go on', async () => {
    const folder = folderWith(...Array.from({ length: 40 }, (_, i) => `${i}.mp3`));
    const child = start(['transcribe', '.'], folder);
    const end = ended(child);
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    const { code, stderr } = await end;
    expect(code).toBe(130);
    const texts = readdirSync(folder).filter((name) => name.endsWith('.txt'));
    expect(texts.length).toBeLessThan(40);
    expect(stderr).toContain(`Stopped: ${texts.length} of 40 recordings are ready. The same command goes on from here.`);
  });
});
