/** A serverless endpoint of RunPod that runs our worker, tried from here: a recording there and its output back, and how its queue stands. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { endWithReader } from './standard-output.ts';

const notes = `
Examples:
  endpoint run 4m7x2k9q https://example.org/talk.mp3          a recording that RunPod can fetch
  endpoint run 4m7x2k9q talk.mp3 --input '{"language":"de"}'  a short one from here, with further fields of the job's input
  endpoint health 4m7x2k9q                                    jobs and workers there
  endpoint purge 4m7x2k9q                                     removes what waits

RUNPOD_API_KEY is a key of your account that may use the endpoint.
Exit code: 0 done, 1 it did not work, 2 a setting or an argument is wrong, 130 stopped by Ctrl-C (the job is cancelled).`;

export const endpointCommand = (): Command =>
  new Command('endpoint')
    .description('Try a serverless endpoint of RunPod that runs the worker.')
    .addHelpText('after', notes)
    .addCommand(runCommand())
    .addCommand(healthCommand())
    .addCommand(purgeCommand());

const withEndpoint = (name: string): Command => new Command(name).argument('<endpoint>', 'id of the endpoint, as its page at RunPod shows it');

const runCommand = (): Command =>
  withEndpoint('run')
    .description("Have a recording transcribed there; the job's output comes as JSON.")
    .argument('<audio>', 'https address of a recording, or a file of at most 7 MB')
    .addOption(new Option('--input <json>', "further fields of the job's input").default({}, '{}').argParser(parseInput))
    .action(async (endpoint: string, audio: string, { input }: { input: object }) => {
      endWithReader();
      const { run } = await import('./endpoint/ask-endpoint.ts');
      process.exitCode = await run(endpoint, audio, input);
    });

const healthCommand = (): Command =>
  withEndpoint('health')
    .description('Show how many jobs and workers there are.')
    .action(async (endpoint: string) => {
      const { health } = await import('./endpoint/ask-endpoint.ts');
      process.exitCode = await health(endpoint);
    });

const purgeCommand = (): Command =>
  withEndpoint('purge')
    .description('Remove the jobs that wait; those that run go on.')
    .action(async (endpoint: string) => {
      const { purge } = await import('./endpoint/ask-endpoint.ts');
      process.exitCode = await purge(endpoint);
    });

function parseInput(given: string): object {
  try {
    const input: unknown = JSON.parse(given);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError('It is not a JSON object.');
}
