/**
 * The graph of the decoder, built at first use from the file that its makers publish, and kept by what decides what is in it:
 * the content of that file, and the version of the builder. It only saves time: where it cannot be kept, or is damaged, it is built again.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { InferenceSession } from '../onnx/runtime.ts';
import { readDecoderWeights } from './decoder-weights.ts';
import { greedyGraph } from './graphs/greedy-loop.ts';

/** Raise it with every change of the graph: kept ones are then built anew. */
const BUILDER_VERSION = 1;

interface DecoderFile {
  readonly file: string;
  readonly sha256: string;
  readonly cacheFolder: string;
}

type OpenGraph = (graph: Uint8Array) => Promise<InferenceSession>;

export async function openDecoder({ file, sha256, cacheFolder }: DecoderFile, openGraph: OpenGraph): Promise<InferenceSession> {
  const family = `moonshine-${sha256.slice(0, 32)}`;
  const kept = path.join(cacheFolder, `${family}-${BUILDER_VERSION}.onnx`);
  try {
    return await openGraph(await readFile(kept));
  } catch {
    // Not there, or damaged.
  }
  const graph = greedyGraph(readDecoderWeights(await readFile(file)));
  const session = await openGraph(graph);
  await keep(graph, kept).catch((cause: unknown) => {
    process.emitWarning(
      `The graph of the embedded model cannot be kept in ${cacheFolder}: it is built again at each start, which takes a second. ${String(cause)}`,
    );
  });
  return session;
}

/** The name stands for the whole file: it appears only when all is on the disk. */
async function keep(graph: Uint8Array, kept: string): Promise<void> {
  const folder = path.dirname(kept);
  await mkdir(folder, { recursive: true });
  const partial = `${kept}.${randomUUID()}.partial`;
  try {
    await using handle = await open(partial, 'wx');
    await handle.writeFile(graph);
    await handle.sync();
    await rename(partial, kept);
  } finally {
    await rm(partial, { force: true });
  }
  await removeOlder(kept);
}

/** The same decoder by another version of the builder. */
async function removeOlder(kept: string): Promise<void> {
  const [folder, name] = [path.dirname(kept), path.basename(kept)];
  const family = name.slice(0, name.lastIndexOf('-') + 1);
  for (const other of await readdir(folder)) {
    if (other.startsWith(family) && other.endsWith('.onnx') && other !== name) await rm(path.join(folder, other), { force: true });
  }
}
