import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sampleRecording } from '@bulk-transcribe/sample';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

function start(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams {
  const { INIT_CWD: _, ...rest } = process.env;
  return spawn(process.execPath, ['--conditions=bulk-transcribe-source', main, ...args], { cwd, env: { ...rest, ENV_FILE: 'none', ...env } });
}

/** Runs the command line to its end, as a person would from `cwd`. */
async function run(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
  const child = start(args, cwd, env);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

const folderWith = (...names: string[]): string => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bt-cli-'));
  for (const name of names) copyFileSync(sampleRecording.path, path.join(folder, name));
  return folder;
};

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
    const { code, stderr } = await run(['transcribe', '--format', 'txt,srt', '--out', 'texts', '--', 'a.mp3', 'notes.txt', '-b c.mp3'], folder);
    expect(code).toBe(1);
    expect(stderr).toContain('notes.txt');
    expect(stderr).toContain('Convert or export it again');
    expect(readdirSync(path.join(folder, 'texts')).sort()).toEqual(['-b c.srt', '-b c.txt', 'a.srt', 'a.txt']);
    expect(readFileSync(path.join(folder, 'texts', '-b c.txt'), 'utf8')).toBe(`${sampleRecording.text}\n`);
  });

  it('means paths from where the person stands, also through npm, and says who speaks where asked', async () => {
    const choices = ['--speakers', 'auto', '--format', 'csv'];
    const { stdout } = await run(['transcribe', 'speech.mp3', ...choices], tmpdir(), { INIT_CWD: folderWith('speech.mp3') });
    expect(stdout).toContain(',Speaker 1,');
    expect(stdout).toContain('what your country can do for you');
  });

  it.each([
    [['--speakers', 'many'], '"many" is not auto, nor a number from 1 to 64.'],
    [['--format', 'odt'], '"odt" is not one of txt, md, docx, pdf, srt, vtt, csv, json, rttm.'],
    [['--model', 'nothing'], 'nothing'],
    [['--language', 'cs'], 'Choose a language that the model knows'],
  ])('%j is refused with a sentence', async (choices, sentence) => {
    const { code, stdout, stderr } = await run(['transcribe', 'speech.mp3', ...choices], folderWith('speech.mp3'));
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(sentence);
  });

  it.each([
    ['nowhere.mp3', 'There is no such file'],
    ['-', 'Standard input is not read'],
    ['texts', '“texts” is a folder; name the recordings in it'],
  ])('says what is wrong with %s as an input', async (input, sentence) => {
    const folder = folderWith();
    mkdirSync(path.join(folder, 'texts'));
    const { code, stdout, stderr } = await run(['transcribe', input], folder);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(sentence);
  });

  it('says before any work that nothing can be written to the folder', async () => {
    const { code, stderr } = await run(['transcribe', 'a.mp3', '--out', 'a.mp3'], folderWith('a.mp3'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Nothing can be written to .*a\.mp3 \(EEXIST\)\. Choose another folder with --out\.\n$/);
  });

  it('keeps a transcript that exists already, unless it is told to overwrite it', async () => {
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

  it('names a wrong variable and ends with code 2', async () => {
    const { code, stderr } = await run(['transcribe', 'x.mp3'], tmpdir(), { THREADS: 'many' });
    expect([code, stderr]).toEqual([2, 'THREADS is "many"; allowed: a whole number, 0 to 256.\n']);
  });

  it('stops at Ctrl-C with code 130', async () => {
    const folder = folderWith(...Array.from({ length: 40 }, (_, i) => `${i}.mp3`));
    const child = start(['transcribe', '--out', '.', ...readdirSync(folder)], folder);
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(130);
    expect(readdirSync(folder).filter((name) => name.endsWith('.txt')).length).toBeLessThan(40);
  });
});
