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
import { Command, Option } from 'commander';
import { fromUser, readConfig } from './config.ts';
import { downloadLine } from './download-line.ts';
import { onInterrupt } from './interrupt.ts';
import { modelsTable } from './models-table.ts';
import { sentence } from './sentence.ts';
import { endWithReader, print } from './standard-output.ts';

interface Output {
  readonly json?: true;
}

const examples = `
Examples:
  models list                                   what is installed, what can be, and what suits this computer
  models install large-v3-turbo                 a known model
  models install somebody/whisper-small-cs      any Whisper checkpoint of the hub, @revision after it names a version
  models install ./my-checkpoint --name mine    a folder on this computer
  models remove large-v3-turbo

A download that was stopped goes on where it was. HF_ENDPOINT names a mirror, HF_TOKEN opens gated models.
Exit code: 0 done, 1 it did not work, 2 a setting is wrong, 130 stopped by Ctrl-C.`;

export const modelsCommand = (): Command =>
  new Command('models')
    .description('List, install and remove speech recognition models.')
    .addHelpText('after', examples)
    .addCommand(listCommand())
    .addCommand(installCommand())
    .addCommand(removeCommand());

const asJson = () => new Option('--json', 'JSON on standard output, for programs');

const listCommand = (): Command =>
  new Command('list')
    .description('Show what is installed and what can be.')
    .addOption(asJson())
    .action(async ({ json }: Output) => {
      endWithReader();
      await using store = openStore();
      const overview: ModelsOverview = {
        installed: await store.list(),
        known: [...knownModels],
        installs: await store.unfinished(),
        proposal: propose(thisMachine()),
      };
      await print(json ? line(overview) : modelsTable(overview));
    });

const installCommand = (): Command =>
  new Command('install')
    .description('Download a model, or copy it from a folder, into MODELS_DIR.')
    .argument('<name>', 'a known name, owner/name of the hub, or a path of a folder')
    .addOption(new Option('--name <name>', 'what the model is called from now on; for folders'))
    .addOption(asJson())
    .action(async (text: string, { name, json }: Output & { name?: string }) => {
      endWithReader();
      process.exitCode = await reported(json, (signal) => install(sourceOf(text, name), { json, signal }));
    });

const removeCommand = (): Command =>
  new Command('remove')
    .description('Delete a model, and what an installation that was stopped has left of it.')
    .argument('<name>', 'as the list shows it')
    .addOption(asJson())
    .action(async (text: string, { json }: Output) => {
      process.exitCode = await reported(json, async () => {
        await using store = openStore();
        const name = store.nameOf(text);
        await store.remove(name);
        await print(json ? line({ type: 'removed', name }) : `${name} is removed.\n`);
      });
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

async function install(source: ModelSource, { json, signal }: { json: true | undefined; signal: AbortSignal }): Promise<void> {
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

const tell = (model: InstalledCheckpoint, json: true | undefined, what: string): Promise<void> =>
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
async function reported(json: true | undefined, work: (signal: AbortSignal) => Promise<void>): Promise<number> {
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
