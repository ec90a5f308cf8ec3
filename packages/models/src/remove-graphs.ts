import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { GRAPHS_FOLDER, GRAPHS_ORIGIN, type GraphsOrigin } from '@bulk-transcribe/protocol';

/** Deletes what the engine has built of the model in `modelFolder`: of no use without it, and as large. An engine that has them open keeps them until it ends. */
export async function removeGraphs(modelsDir: string, modelFolder: string): Promise<void> {
  const graphs = path.join(modelsDir, GRAPHS_FOLDER);
  const names = await readdir(graphs).catch(() => []);
  for (const name of names) {
    const folder = path.join(graphs, name);
    if ((await originOf(folder)) === path.resolve(modelFolder)) await rm(folder, { recursive: true, force: true });
  }
}

/** Null where it is not told: files of the engine, and graphs of an earlier version. */
async function originOf(folder: string): Promise<string | null> {
  try {
    return (JSON.parse(await readFile(path.join(folder, GRAPHS_ORIGIN), 'utf8')) as GraphsOrigin).folder;
  } catch {
    return null;
  }
}
