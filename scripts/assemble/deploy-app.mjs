import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isBuilt } from '../setup/build.mjs';
import { root } from '../setup/paths.mjs';
import { runStep } from '../setup/processes.mjs';
import { OWN_NODE_FROM } from '../setup/toolchain.mjs';

/** Builds an app with the packages that it stands on, where that is not done yet, and puts it with its production dependencies into an empty folder. */
export async function deployApp(tools, { app, into }) {
  const name = `@bulk-transcribe/${app}`;
  const pnpm = async (what, ...args) => await runStep(what, tools.node, [tools.pnpm, ...args], { env: { ...tools.env, CI: 'true' } });
  if (!isBuilt()) await pnpm('Building', '--filter', `${name}...`, 'run', 'build');
  const place = path.join(into, 'apps', app);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(path.dirname(place), { recursive: true });
  // pnpm deploys from the lockfile only where packages of the workspace are copied in, not linked.
  await pnpm('Deploying', '--config.inject-workspace-packages=true', '--prefer-offline', '--filter', name, 'deploy', '--prod', place);
  for (const name of ['src', 'test', 'pnpm-lock.yaml']) rmSync(path.join(place, name), { recursive: true, force: true });
  dropSources(path.join(place, 'node_modules', '.pnpm'));
  writeManifest(place, ['name', 'version', 'license', 'type', 'bin', 'dependencies'], path.join(root, 'apps', app));
  // Our own scripts fetch a newer Node where it is needed; here it is whoever starts the app.
  writeManifest(into, ['name', 'version', 'license', 'type'], root, { engines: { node: `>=${OWN_NODE_FROM}` }, bin: binOf(app) });
  copyFileSync(path.join(root, 'LICENSE'), path.join(into, 'LICENSE'));
  copyFileSync(path.join(root, 'docs/third-party.md'), path.join(into, 'THIRD-PARTY.md'));
  copyFileSync(path.join(import.meta.dirname, 'check-image.mjs'), path.join(into, 'check-image.mjs'));
}

/** Our own packages run from `dist`. */
function dropSources(store) {
  for (const entry of readdirSync(store)) {
    if (!entry.startsWith('@bulk-transcribe+')) continue;
    const scope = path.join(store, entry, 'node_modules', '@bulk-transcribe');
    const own = entry.slice('@bulk-transcribe+'.length).split('@')[0];
    for (const name of ['src', 'test']) rmSync(path.join(scope, own, name), { recursive: true, force: true });
  }
}

/** What of a package.json says something where nothing is installed any more. The app reads its version in that of the root. */
function writeManifest(folder, fields, source = root, more = {}) {
  const manifest = JSON.parse(readFileSync(path.join(source, 'package.json'), 'utf8'));
  const kept = Object.fromEntries(fields.filter((field) => field in manifest).map((field) => [field, manifest[field]]));
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify({ ...kept, ...more, private: true }, null, 2)}\n`);
}

/** The programs of an app, as seen from the root of the package: `npm install --global` of it puts them into the PATH. */
function binOf(app) {
  const { bin = {} } = JSON.parse(readFileSync(path.join(root, 'apps', app, 'package.json'), 'utf8'));
  return Object.fromEntries(Object.entries(bin).map(([name, file]) => [name, path.posix.join('apps', app, file)]));
}
