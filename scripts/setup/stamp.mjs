import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, toolchain } from './paths.mjs';

const skipped = new Set(['node_modules', 'dist', 'test', '.toolchain', 'data']);

/** Hash of the names and contents of files (or all files below folders), relative to the root. */
export function fingerprint(places, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const place of places.flatMap(filesBelow).sort()) hash.update(`\0${place}\0`).update(readFileSync(path.join(root, place)));
  return hash.digest('hex');
}

function filesBelow(place) {
  let entries;
  try {
    entries = readdirSync(path.join(root, place), { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return [place];
    if (error.code === 'ENOENT') return [];
    throw error;
  }
  return entries
    .filter(({ name }) => !skipped.has(name))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(`${place}/${entry.name}`) : [`${place}/${entry.name}`]));
}

const fileOf = (name) => path.join(toolchain, `${name}.stamp`);

/** Whether `name` was done with this fingerprint. */
export function isDone(name, value) {
  try {
    return readFileSync(fileOf(name), 'utf8') === value;
  } catch {
    return false;
  }
}

export function markDone(name, value) {
  mkdirSync(toolchain, { recursive: true });
  writeFileSync(fileOf(name), value);
}
