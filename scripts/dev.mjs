/** Everything with reload: the controller (and with it the local worker) restarts when a source changes, the pages reload in place. */
import { spawn } from 'node:child_process';
import { root } from './setup/paths.mjs';

const watched = ['packages', 'apps/controller/src', 'apps/worker/src'].map((folder) => `--watch-path=${folder}`);
const start = (args, cwd = root) => spawn(process.execPath, args, { cwd, stdio: 'inherit' });

const children = [
  start(['--watch', '--watch-preserve-output', ...watched, '--conditions=bulk-transcribe-source', 'apps/controller/src/main.ts']),
  start(['node_modules/vite/bin/vite.js'], `${root}apps/web`),
];

let stopping = false;
function stop(signal) {
  stopping = true;
  for (const child of children) child.kill(signal);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(signal));
for (const child of children)
  child.once('exit', (code) => {
    if (!stopping) stop('SIGTERM');
    process.exitCode ||= code ?? 0;
  });
