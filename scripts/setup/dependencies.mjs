import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { runStep, say } from './processes.mjs';
import { requireDisk } from './requirements.mjs';
import { fingerprint, isDone, markDone } from './stamp.mjs';

/** Installs what the lockfile names, unless just that has been installed. */
export async function installDependencies(tools, { quiet = false } = {}) {
  const value = fingerprint(manifests(), `${process.platform} ${process.arch}`);
  if (isDone('dependencies', value) && existsSync(path.join(root, 'node_modules', '.modules.yaml'))) return;
  if (!existsSync(path.join(root, 'node_modules'))) requireDisk();
  say('installing the dependencies (once; about 1.3 GB on disk) …');
  const args = [tools.pnpm, 'install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only'];
  await runStep('Installing the dependencies', tools.node, args, { env: { ...tools.env, CI: 'true' }, quiet });
  markDone('dependencies', value);
}

function manifests() {
  const folders = ['packages', 'apps'].flatMap((parent) => readdirSync(path.join(root, parent)).map((name) => `${parent}/${name}`));
  return ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...[...folders, 'bench', 'e2e'].map((folder) => `${folder}/package.json`)];
}
