/** The command line as a process of its own, as a person has it. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sampleRecording } from '@bulk-transcribe/sample';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export function startCli(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams {
  const { INIT_CWD: _, ...rest } = process.env;
  return spawn(process.execPath, ['--conditions=bulk-transcribe-source', main, ...args], { cwd, env: { ...rest, ENV_FILE: 'none', ...env } });
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** Runs the command line to its end, as a person would from `cwd`. */
export const runCli = (...call: Parameters<typeof startCli>): Promise<Ended> => ended(startCli(...call));

export const emptyFolder = (): string => mkdtempSync(path.join(tmpdir(), 'bt-cli-'));

/** With copies of the sample under these names. */
export function folderWith(...names: string[]): string {
  const folder = emptyFolder();
  for (const name of names) copyFileSync(sampleRecording.path, path.join(folder, name));
  return folder;
}

/** What `--json` has printed. */
export const jsonLines = <T>(text: string): T[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
