import { readVersion } from '@bulk-transcribe/service';
import { Command } from 'commander';
import { serveCommand, workerCommand } from './app-commands.ts';
import { benchCommand } from './bench-command.ts';
import { completionCommand, completionServerCommand } from './completion-command.ts';
import { projectRoot } from './config.ts';
import { endpointCommand } from './endpoint-command.ts';
import { modelsCommand } from './models-command.ts';
import { transcribeCommand } from './transcribe-command.ts';

const examples = `
Examples:
  transcribe talk.mp3                                      the text, on the screen
  transcribe interviews --format txt,srt --out texts       a folder; the same command goes on after a stop
  models install large-v3-turbo                            a model for a hundred languages
  bench --model large-v3-turbo                             how fast it is here
  serve                                                    the pages, on http://localhost:8476

Each command has more: transcribe --help. All of it is told in docs/cli.md.`;

/** The command line: one subcommand per file. What a command needs is loaded when it is run: completing words should be fast. */
export const buildProgram = (): Command =>
  new Command('bulk-transcribe')
    .description('Turns recordings into transcripts: here on this computer, or by a controller.')
    .version(readVersion(projectRoot))
    .addHelpText('after', examples)
    .showHelpAfterError('(--help shows what is possible)')
    .addCommand(transcribeCommand())
    .addCommand(modelsCommand())
    .addCommand(benchCommand())
    .addCommand(endpointCommand())
    .addCommand(serveCommand())
    .addCommand(workerCommand())
    .addCommand(completionCommand())
    .addCommand(completionServerCommand(), { hidden: true });
