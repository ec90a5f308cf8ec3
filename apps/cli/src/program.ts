import { readVersion } from '@bulk-transcribe/service';
import { Command } from 'commander';
import { benchCommand } from './bench-command.ts';
import { projectRoot } from './config.ts';
import { modelsCommand } from './models-command.ts';
import { transcribeCommand } from './transcribe-command.ts';

/** The command line: one subcommand per file. */
export const buildProgram = (): Command =>
  new Command('bulk-transcribe')
    .description('Turns recordings into transcripts, here on this computer.')
    .version(readVersion(projectRoot))
    .addHelpText('after', '\nExample: transcribe talk.mp3 --format txt,srt --out texts (transcribe --help has more)')
    .showHelpAfterError('(--help shows what is possible)')
    .addCommand(transcribeCommand())
    .addCommand(modelsCommand())
    .addCommand(benchCommand());
