import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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

  it('means paths from where the person stands, also through npm', async () => {
    const { stdout } = await run(['transcribe', 'speech.mp3'], tmpdir(), { INIT_CWD: folderWith('speech.mp3') });
    expect(stdout).toBe(`${sampleRecording.text}\n`);
  });

  it.each([
    [['--format', 'docx'], '"docx" is not one of txt, srt, vtt, json.'],
    [['--model', 'nothing'], 'nothing'],
    [['--language', 'cs'], 'Choose a language that the model knows'],
  ])('%j is refused with a sentence', async (choices, sentence) => {
    const { code, stdout, stderr } = await run(['transcribe', 'speech.mp3', ...choices], folderWith('speech.mp3'));
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(sentence);
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
