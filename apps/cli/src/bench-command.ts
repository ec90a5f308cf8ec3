import { defaultOptions } from '@bulk-transcribe/protocol';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { BenchChoices } from './bench/bench.ts';
import { endWithReader } from './standard-output.ts';

const notes = `
It transcribes the recordings that come with the product: six of English, 37 seconds. Long recordings are faster: there is no start to
each of them. Ninety words tell whether a model works, and roughly how good it is.
Exit code: 0 done, 1 it did not work, 2 a setting is wrong, 130 stopped by Ctrl-C.`;

export const benchCommand = (): Command =>
  new Command('bench')
    .description('Measure a model on this computer: speed, memory, wrong words.')
    .addOption(
      new Option('--model <name>', 'model to measure: its name, an alias, or the path of a folder that holds it').default(defaultOptions.model),
    )
    .addOption(new Option('--accurate', 'in the setting that searches wider'))
    .addOption(new Option('--rounds <number>', 'how often, after one round to warm up').default(3).argParser(parseRounds))
    .addOption(new Option('--json', 'JSON on standard output, for programs'))
    .addHelpText('after', notes)
    .action(async (choices: BenchChoices) => {
      endWithReader();
      const { bench } = await import('./bench/bench.ts');
      process.exitCode = await bench(choices);
    });

const MOST_ROUNDS = 1000;

function parseRounds(given: string): number {
  const rounds = Number(given);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MOST_ROUNDS) throw new InvalidArgumentError(`A whole number from 1 to ${MOST_ROUNDS}.`);
  return rounds;
}
