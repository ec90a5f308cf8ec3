import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toolchain } from './paths.mjs';
import { runStep, say } from './processes.mjs';
import { nodePackage, requireDisk } from './requirements.mjs';
import { isDone, markDone } from './stamp.mjs';

/** What the project is built and tested with. A machine's own Node is used from this major on. */
const NODE = '26.10.0';
export const OWN_NODE_FROM = 24;
const PNPM = '10.34.9';

/** Node and pnpm: the machine's own Node if it is current, everything else from the npm registry into `.toolchain`. */
export async function prepareToolchain({ quiet = false } = {}) {
  const ownNode = isOwnNode();
  const packages = [`pnpm@${PNPM}`, ...(ownNode ? [] : [`${nodePackage()}@${NODE}`])];
  const tools = locate(ownNode);
  if (!isDone('toolchain', packages.join(' ')) || !existsSync(tools.node) || !existsSync(tools.pnpm)) await install(packages, quiet);
  return tools;
}

/** A Node of the machine that is current. One that we run on because we fetched it is not the machine's: it has to stay. */
const isOwnNode = () => Number(process.versions.node.split('.')[0]) >= OWN_NODE_FROM && !process.execPath.startsWith(toolchain + path.sep);

function locate(ownNode) {
  const modules = path.join(toolchain, 'node_modules');
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  const node = ownNode ? process.execPath : path.join(modules, nodePackage(), 'bin', program);
  const env = { ...process.env, PATH: [path.dirname(node), path.join(modules, '.bin'), process.env.PATH].join(path.delimiter) };
  return { node, pnpm: path.join(modules, 'pnpm', 'bin', 'pnpm.cjs'), env };
}

async function install(packages, quiet) {
  requireDisk();
  say(`fetching ${packages.join(' and ')} (once) …`);
  mkdirSync(toolchain, { recursive: true });
  writeFileSync(path.join(toolchain, 'package.json'), '{ "private": true }\n');
  const [file, ...first] = npmCommand();
  const args = [...first, 'install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...packages];
  await runStep('Fetching Node and pnpm', file, args, { cwd: toolchain, env: plainEnvironment(), quiet });
  markDone('toolchain', packages.join(' '));
}

/** npm as it started us, else the one on PATH. */
function npmCommand() {
  const started = process.env.npm_execpath;
  if (started?.endsWith('npm-cli.js')) return [process.execPath, started];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

/** Without npm's own variables, which would point the inner npm at this project instead of `.toolchain`. */
const plainEnvironment = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle|config_local_prefix)/i.test(name) && name !== 'npm_config_prefix'),
  );
