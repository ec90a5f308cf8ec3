/** The NVIDIA GPUs of this machine, as its driver tells. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Gpu {
  readonly name: string;
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** Answers what a program writes; rejects where there is none or it fails. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string>;

const MIB = 2 ** 20;
const TIMEOUT_MS = 10_000;

const runProgram: RunProgram = async (program, args) => {
  const { stdout } = await promisify(execFile)(program, args, { timeout: TIMEOUT_MS, windowsHide: true });
  return stdout;
};

/** In the driver's order, the first is the one that computes. Empty where there is no driver. */
export async function readGpus(run: RunProgram = runProgram): Promise<Gpu[]> {
  const query = ['--query-gpu=name,memory.total,memory.free', '--format=csv,noheader,nounits'];
  const table = await run('nvidia-smi', query).catch(() => '');
  return table.split('\n').flatMap((line) => {
    const [name = '', total = '', free = ''] = line.split(',').map((cell) => cell.trim());
    return name && Number(total) > 0 ? [{ name, totalBytes: Number(total) * MIB, freeBytes: Number(free) * MIB }] : [];
  });
}
