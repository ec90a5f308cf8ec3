import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { runStep, say } from './processes.mjs';
import { fingerprint, isDone, markDone } from './stamp.mjs';

const outputs = ['apps/controller/dist/main.js', 'apps/worker/dist/main.js', 'apps/cli/dist/main.js', 'apps/web/dist/index.html'];

const sources = () => fingerprint(['packages', 'apps', 'tsup.config.ts', 'tsconfig.base.json', 'pnpm-lock.yaml']);

/** Whether what lies in `dist` was built from just these sources. */
export const isBuilt = (value = sources()) => isDone('build', value) && outputs.every((file) => existsSync(path.join(root, file)));

export const markBuilt = (value = sources()) => markDone('build', value);

/** Builds packages, apps and pages, unless just these sources have been built. */
export async function buildApps(tools, { quiet = false } = {}) {
  const value = sources();
  if (isBuilt(value)) return;
  say('building …');
  await runStep('Building', tools.node, [tools.pnpm, 'run', 'build'], { env: tools.env, quiet });
  // What changed meanwhile is built the next time.
  markBuilt(value);
  say('built.');
}
