import { Command, Option } from 'commander';
import { endWithReader } from './standard-output.ts';

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
      const { listModels } = await import('./models/manage-models.ts');
      await listModels(json);
    });

const installCommand = (): Command =>
  new Command('install')
    .description('Download a model, or copy it from a folder, into MODELS_DIR.')
    .argument('<name>', 'a known name, owner/name of the hub, or a path of a folder')
    .addOption(new Option('--name <name>', 'what the model is called from now on; for folders'))
    .addOption(asJson())
    .action(async (text: string, { name, json }: Output & { name?: string }) => {
      endWithReader();
      const { installModel } = await import('./models/manage-models.ts');
      process.exitCode = await installModel(text, { name, json });
    });

const removeCommand = (): Command =>
  new Command('remove')
    .description('Delete a model, and what an installation that was stopped has left of it.')
    .argument('<name>', 'as the list shows it')
    .addOption(asJson())
    .action(async (text: string, { json }: Output) => {
      const { removeModel } = await import('./models/manage-models.ts');
      process.exitCode = await removeModel(text, json);
    });
