// As a whole: a named import that an old Node lacks (statfsSync came with 18.15) would end us before we can say so.
import fs from 'node:fs';
import { arch, platform } from 'node:os';
import { root } from './paths.mjs';
import { SetupError } from './setup-error.mjs';

const OLDEST_NODE = 20;
/** What a first installation takes, with some room: dependencies, toolchain and build. */
const INSTALL_BYTES = 2.5e9;

export function requireNode(version = process.versions.node) {
  if (Number(version.split('.')[0]) < OLDEST_NODE)
    throw new SetupError(
      `Bulk Transcribe needs Node ${OLDEST_NODE} or later; this is Node ${version}. Install a current one from https://nodejs.org and run the same command again.`,
    );
}

export function requireDisk(free = freeBytes()) {
  if (free < INSTALL_BYTES)
    throw new SetupError(
      `The first start needs about ${INSTALL_BYTES / 1e9} GB of disk space; here are ${(free / 1e9).toFixed(1)} GB. Free some and run the same command again.`,
    );
}

function freeBytes() {
  const { bavail, bsize } = fs.statfsSync(root);
  return bavail * bsize;
}

/** npm package that carries the Node program for this machine. */
export function nodePackage(os = platform(), cpu = arch()) {
  const name = { linux: 'linux', darwin: 'darwin', win32: 'win' }[os];
  if (name === undefined || !['x64', 'arm64'].includes(cpu))
    throw new SetupError(`There is no ready-made Node for ${os} on ${cpu}. Install Node 24 or later yourself and run the same command again.`);
  return `node-${name}-${cpu}`;
}
