import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { candidates, FILES } from '../src/completion/candidates.ts';
import { buildProgram } from '../src/program.ts';
import { emptyFolder, folderWith, runCli } from './run-cli.ts';

const offered = (...words: string[]) => {
  const found = candidates(buildProgram(), words);
  return found === FILES ? 'files' : found.map(({ name }) => name);
};

describe('completion', () => {
  it('offers what can stand there', () => {
    expect(offered('')).toEqual(expect.arrayContaining(['transcribe', 'models', 'serve', 'worker', 'completion']));
    expect(offered('')).not.toContain('completion-server');
    expect(offered('models', '')).toEqual(['list', 'install', 'remove', 'help']);
    expect(offered('transcribe', '')).toBe('files');
    expect(offered('transcribe', 'talk.mp3', '--ou')).toEqual(expect.arrayContaining(['--out', '--beam-size', '--help']));
    expect(offered('transcribe', '--out', '')).toBe('files');
    expect(offered('transcribe', '--channels', '')).toEqual(['auto', 'mix', 'separate']);
    expect(offered('transcribe', '--language', '')).toEqual([]);
    expect(offered('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
  });

  it('describes a flag in one sentence', () => {
    const program = new Command().option('--one', 'First. Second.');
    expect(candidates(program, ['--'])).toContainEqual({ name: '--one', description: 'First.' });
  });

  it('works in a real bash', async () => {
    const folder = folderWith('talk.mp3', '2026.mp3');
    const { stdout } = await runCli(['completion', 'bash'], folder);
    const complete = (line: string) => {
      const words = line.split(' ');
      const script = `${stdout}
        COMP_LINE=${JSON.stringify(line)}; COMP_POINT=${line.length}; COMP_CWORD=${words.length - 1}; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
        _bulk-transcribe_completion; echo "\${COMPREPLY[@]}"; complete -p bulk-transcribe`;
      return spawnSync('bash', ['--norc', '-c', script], { cwd: folder, encoding: 'utf8', env: { ...process.env, ENV_FILE: 'none' } }).stdout;
    };
    expect(complete('bulk-transcribe transcribe --overw')).toMatch(/^--overwrite\n/);
    // Nothing of ours: bash falls back to its own files.
    expect(complete('bulk-transcribe transcribe ta')).toMatch(/^\ncomplete -o default /);
  });

  it('knows four shells', async () => {
    const { code, stderr } = await runCli(['completion', 'tcsh'], emptyFolder());
    expect([code, stderr]).toEqual([1, expect.stringContaining('Allowed choices are')]);
  });
});
