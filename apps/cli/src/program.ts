import { Command } from 'commander';
import { transcribeCommand } from './transcribe-command.ts';

/** The command line: one subcommand per file. */
export const buildProgram = (): Command =>
  new Command('bulk-transcribe')
    .description('Turns recordings into transcripts, here on this computer.')
    .showHelpAfterError('(--help shows what is possible)')
    .addCommand(transcribeCommand());
