import { spawn } from 'node:child_process';
import { root } from './paths.mjs';
import { explainFailure } from './setup-error.mjs';

const KEPT_OUTPUT = 64 * 1024;

/** Runs a step of the setup with its output in sight; throws a SetupError that names the likely cause. */
export async function runStep(what, file, args, { env = process.env, quiet = false, cwd = root } = {}) {
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      output = (output + data).slice(-KEPT_OUTPUT);
      if (!quiet) process.stderr.write(data);
    });
  const code = await ended(child, (error) => {
    output += String(error);
  });
  if (code === 0) return;
  if (quiet) process.stderr.write(output);
  throw explainFailure(what, output);
}

/** Runs the program itself: the terminal is its own, signals reach it, its exit code is ours. */
export async function runToEnd(file, args, env) {
  const child = spawn(file, args, { env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return ended(child, (error) => console.error(error));
}

function ended(child, onError) {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      onError(error);
      resolve(1);
    });
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

export const say = (text) => process.stderr.write(`Bulk Transcribe: ${text}\n`);
