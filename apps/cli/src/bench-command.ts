import path from 'node:path';
import { matchModel } from '@bulk-transcribe/models';
import { defaultOptions, GRAPHS_FOLDER } from '@bulk-transcribe/protocol';
import { startEngine } from '@bulk-transcribe/speech';
import { Command, InvalidArgumentError, Option } from 'commander';
import { benchTable } from './bench-table.ts';
import { readConfig } from './config.ts';
import { onInterrupt } from './interrupt.ts';
import { measureEngine } from './measure-engine.ts';
import { placeOf } from './model-place.ts';
import { sentence } from './sentence.ts';
import { endWithReader, print } from './standard-output.ts';

interface Choices {
  readonly model: string;
  readonly accurate?: boolean;
  readonly rounds: number;
  readonly json?: true;
}

const notes = `
It transcribes the recording that comes with the product (11 seconds of English). Long recordings are faster: there is no start to
each of them. So few words tell whether a model works, not how good it is.
Exit code: 0 done, 1 it did not work, 2 a setting is wrong, 130 stopped by Ctrl-C.`;

export const benchCommand = (): Command =>
  new Command('bench')
    .description('Measure a model on this computer: speed, memory, wrong words.')
    .addOption(
      new Option('--model <name>', 'model to measure: its name, an alias, or the path of a folder that holds it').default(defaultOptions.model),
    )
    .addOption(new Option('--accurate', 'in the setting that searches wider'))
    .addOption(new Option('--rounds <number>', 'how often, after one round to warm up').default(5).argParser(parseRounds))
    .addOption(new Option('--json', 'JSON on standard output, for programs'))
    .addHelpText('after', notes)
    .action(async (choices: Choices) => {
      endWithReader();
      process.exitCode = await bench(choices);
    });

const MOST_ROUNDS = 1000;

function parseRounds(given: string): number {
  const rounds = Number(given);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MOST_ROUNDS) throw new InvalidArgumentError(`A whole number from 1 to ${MOST_ROUNDS}.`);
  return rounds;
}

/** Answers the exit code. */
async function bench({ model, accurate = false, rounds, json }: Choices): Promise<number> {
  const interrupt = onInterrupt('Stopped.');
  const { THREADS: threads, DEVICE: device, MODELS_DIR } = readConfig();
  const place = placeOf(model, MODELS_DIR);
  const engine = startEngine({ threads, device, modelsDir: place.modelsDir, graphsDir: path.join(MODELS_DIR, GRAPHS_FOLDER) });
  try {
    const ids = (await engine.models()).map(({ id }) => id);
    const name = matchModel(place.name, ids) ?? place.name;
    const measured = await measureEngine(engine, { model: name, rounds, accurate, signal: interrupt.signal });
    await print(json ? `${JSON.stringify(measured)}\n` : benchTable(measured));
    return 0;
  } catch (cause) {
    console.error(interrupt.exitCode() === null ? sentence(cause) : 'Stopped.');
    return interrupt.exitCode() ?? 1;
  } finally {
    await engine.close();
  }
}
