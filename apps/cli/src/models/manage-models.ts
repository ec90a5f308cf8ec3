/** What `models` does. Each answers the exit code, where there is one to answer. */
import {
  folderSource,
  hubSource,
  type InstallProgress,
  isPath,
  knownModels,
  type ModelSource,
  ModelStore,
  propose,
  thisMachine,
} from '@bulk-transcribe/models';
import { AppError, type InstalledCheckpoint, type ModelsOverview, toAppError } from '@bulk-transcribe/protocol';
import { hubSettings, SettingsError, tryLockDirectory } from '@bulk-transcribe/service';
import { fromUser, readConfig } from '../config.ts';
import { onInterrupt } from '../interrupt.ts';
import { sentence } from '../sentence.ts';
import { print } from '../standard-output.ts';
import { downloadLine } from './download-line.ts';
import { modelsTable } from './models-table.ts';

/** JSON for programs instead of sentences. */
type Json = true | undefined;

export async function listModels(json: Json): Promise<void> {
  await using store = openStore();
  const overview: ModelsOverview = {
    installed: await store.list(),
    known: [...knownModels],
    installs: await store.unfinished(),
    proposal: propose(thisMachine()),
  };
  await print(json ? line(overview) : modelsTable(overview));
}

/** `name`: what a folder's model is called from now on. */
export const installModel = (text: string, { name, json }: { name: string | undefined; json: Json }): Promise<number> =>
  reported(json, (signal) => install(sourceOf(text, name), { json, signal }));

export const removeModel = (text: string, json: Json): Promise<number> =>
  reported(json, async () => {
    await using store = openStore();
    const name = store.nameOf(text);
    await store.remove(name);
    await print(json ? line({ type: 'removed', name }) : `${name} is removed.\n`);
  });

function openStore(): ModelStore {
  const config = readConfig();
  return new ModelStore({ folder: config.MODELS_DIR, hub: hubSettings(config), lock: tryLockDirectory });
}

function sourceOf(text: string, name: string | undefined): ModelSource {
  if (isPath(text)) return folderSource(fromUser(text), name);
  if (name !== undefined) throw new AppError('invalid_request', 'Only a folder can be given another name; write ./ before it.');
  return hubSource(text);
}

async function install(source: ModelSource, { json, signal }: { json: Json; signal: AbortSignal }): Promise<void> {
  await using store = openStore();
  const there = await store.find(source.name);
  if (there) return tell(there, json, 'is installed already');
  const show = downloadLine(process.stderr, source.name);
  const onProgress = (progress: InstallProgress) => {
    if (json) process.stdout.write(line({ type: 'progress', name: source.name, ...progress }));
    else show(progress);
  };
  try {
    const installed = await store.install(source, { signal, onProgress: json ? seldom(onProgress) : onProgress });
    show(null);
    await tell(installed, json, 'is installed');
  } finally {
    show(null);
  }
}

const tell = (model: InstalledCheckpoint, json: Json, what: string): Promise<void> =>
  print(json ? line({ type: 'installed', model }) : `${model.name} ${what}${model.problem ? `, but cannot be used: ${model.problem}` : ''}.\n`);

/** A line for a program each so many bytes, and the last. */
const SELDOM_BYTES = 8 * 1024 * 1024;

function seldom(report: (progress: InstallProgress) => void): (progress: InstallProgress) => void {
  let next = 0;
  return (progress) => {
    if (progress.doneBytes < next && progress.doneBytes !== progress.totalBytes) return;
    next = progress.doneBytes + SELDOM_BYTES;
    report(progress);
  };
}

/** The exit code; what went wrong goes to standard error in a sentence, and with --json to standard output as well. */
async function reported(json: Json, work: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const interrupt = onInterrupt('Stopped. What has arrived is kept: the same command goes on with it.');
  try {
    await work(interrupt.signal);
    return 0;
  } catch (cause) {
    if (cause instanceof SettingsError) throw cause;
    const { code, message, hint } = toAppError(cause);
    if (code === 'internal') console.error(cause);
    if (json) await print(line({ type: 'error', error: { code, message, hint } }));
    console.error(sentence(cause));
    return interrupt.exitCode() ?? 1;
  }
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;
