/**
 * Graphs of a checkpoint, built once. They lie in a folder named after everything that decides what is in them: the content of
 * the checkpoint, the formats, and the version of the builder. A folder has this name only when it is complete.
 */
import { createHash, randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError, GRAPHS_ORIGIN, type GraphsOrigin } from '@bulk-transcribe/protocol';
import { WeightFile } from '../onnx/weight-file.ts';
import type { Checkpoint } from './checkpoint/checkpoint.ts';
import { openWeights } from './checkpoint/weights.ts';
import type { FileHash } from './content-hash.ts';
import { beamGraph } from './graphs/beam-loop.ts';
import type { GraphFormats, GraphSource } from './graphs/block.ts';
import { encoderGraph } from './graphs/encoder.ts';
import { greedyGraph } from './graphs/greedy-loop.ts';
import { turnedWeights } from './graphs/turned-weights.ts';

/** Raise it with every change of the graphs: old ones are then built anew. */
const BUILDER_VERSION = 19;
/** Nobody builds for so long; what is older was left by a process that was killed. Milliseconds. */
const ABANDONED_AFTER = 3_600_000;

const graphs = { encoder: 'encoder.onnx', greedy: 'greedy.onnx', beam: 'beam.onnx' } as const;
const weightFiles = { encoder: 'encoder.weights', decoder: 'decoder.weights' } as const;
const allFiles = [...Object.values(graphs), ...Object.values(weightFiles)];
/** Sizes of all other files; written last. */
const MANIFEST = 'manifest.json';
const PARTIAL = '.partial';

export type GraphFiles = Readonly<Record<keyof typeof graphs, string>>;

export interface GraphRequest {
  readonly checkpoint: Checkpoint;
  readonly hashes: readonly FileHash[];
  readonly formats: GraphFormats;
  readonly cacheFolder: string;
}

/** Paths of the graphs, built now if they are not there or not whole. */
export async function cachedGraphs(request: GraphRequest): Promise<GraphFiles> {
  const folder = path.join(request.cacheFolder, keyOf(request));
  if (!isWhole(folder)) await build(request, folder);
  return { encoder: path.join(folder, graphs.encoder), greedy: path.join(folder, graphs.greedy), beam: path.join(folder, graphs.beam) };
}

/** Of the files that hold the weights of these graphs. */
export const weightBytesOf = ({ encoder }: GraphFiles): number =>
  Object.values(weightFiles).reduce((sum, name) => sum + statSync(path.join(path.dirname(encoder), name)).size, 0);

function keyOf({ hashes, formats }: GraphRequest): string {
  const content = JSON.stringify({ formats, files: hashes.map(({ name, sha256 }) => [name, sha256]) });
  return `whisper-${createHash('sha256').update(content).digest('hex').slice(0, 32)}-${BUILDER_VERSION}`;
}

/** Every file is there in the size that was written. */
function isWhole(folder: string): boolean {
  try {
    const sizes = JSON.parse(readFileSync(path.join(folder, MANIFEST), 'utf8')) as Record<string, number>;
    return allFiles.every((name) => statSync(path.join(folder, name)).size === sizes[name]);
  } catch {
    return false;
  }
}

async function build(request: GraphRequest, folder: string): Promise<void> {
  await mkdir(request.cacheFolder, { recursive: true });
  await removeAbandoned(request.cacheFolder);
  const partial = `${folder}.${randomUUID()}${PARTIAL}`;
  await mkdir(partial);
  try {
    writeGraphs(request, partial);
    await replace(partial, folder);
    await removeOlder(folder);
  } catch (cause) {
    if (isFull(cause))
      throw new AppError('disk_full', `The disk is full: the graphs of the model do not fit into ${path.basename(request.cacheFolder)}.`, { cause });
    throw cause;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

function writeGraphs({ checkpoint, formats }: GraphRequest, folder: string): void {
  const { dimensions, facts } = checkpoint;
  using stored = openWeights(checkpoint.folder, dimensions);
  const weights = formats.turned ? turnedWeights(stored, dimensions) : stored;
  const source: GraphSource = { dimensions, formats, weights, tokens: facts.tokens, alignmentHeads: facts.alignmentHeads };
  const write = (name: string, bytes: Uint8Array) => writeFileSync(path.join(folder, name), bytes, { flush: true });
  {
    using file = new WeightFile(path.join(folder, weightFiles.encoder));
    write(graphs.encoder, encoderGraph(source, file));
  }
  {
    using file = new WeightFile(path.join(folder, weightFiles.decoder));
    write(graphs.greedy, greedyGraph(source, file));
    write(graphs.beam, beamGraph(source, file));
  }
  const origin: GraphsOrigin = { folder: path.resolve(checkpoint.folder) };
  write(GRAPHS_ORIGIN, Buffer.from(JSON.stringify(origin)));
  write(MANIFEST, Buffer.from(JSON.stringify(Object.fromEntries(allFiles.map((name) => [name, statSync(path.join(folder, name)).size])))));
  syncFolder(folder);
}

/** Another process may have built the same meanwhile: then its folder is kept, as long as it is whole. */
async function replace(partial: string, folder: string): Promise<void> {
  if (existsSync(folder) && !isWhole(folder)) await rm(folder, { recursive: true, force: true });
  try {
    await rename(partial, folder);
  } catch (cause) {
    if (!isWhole(folder)) throw cause;
  }
}

/** The same graphs by another version of the builder: gigabytes that nobody reads again. */
async function removeOlder(folder: string): Promise<void> {
  const [name, parent] = [path.basename(folder), path.dirname(folder)];
  const family = name.slice(0, name.lastIndexOf('-') + 1);
  for (const other of await readdir(parent)) {
    if (other.startsWith(family) && other !== name && /^\d+$/.test(other.slice(family.length)))
      await rm(path.join(parent, other), { recursive: true, force: true });
  }
}

async function removeAbandoned(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    if (!name.endsWith(PARTIAL)) continue;
    const file = path.join(cacheFolder, name);
    const age = await stat(file).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > ABANDONED_AFTER) await rm(file, { recursive: true, force: true });
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

const isFull = (cause: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes(String((cause as NodeJS.ErrnoException | null)?.code));
