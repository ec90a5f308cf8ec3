import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { runStep, say } from './processes.mjs';
import { fingerprint, isDone, markDone } from './stamp.mjs';

const outputs = ['apps/controller/dist/main.js', 'apps/worker/dist/main.js', 'apps/cli/dist/main.js', 'apps/web/dist/index.html'];

/** Builds packages, apps and pages, unless just these sources have been built. */
export async function buildApps(tools, { quiet = false } = {}) {
  const value = fingerprint(['packages', 'apps', 'tsup.config.ts', 'tsconfig.base.json', 'pnpm-lock.yaml']);
  if (isDone('build', value) && outputs.every((file) => existsSync(path.join(root, file)))) return;
  say('building …');
  await runStep('Building', tools.node, [tools.pnpm, 'run', 'build'], { env: tools.env, quiet });
  markDone('build', value);
  say('built.');
}
