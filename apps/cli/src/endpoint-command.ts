/** A serverless endpoint of RunPod that runs our worker, tried from here: a recording there and its output back, and how its queue stands. */
import { AppError } from '@bulk-transcribe/protocol';
import { type Answer, EndpointClient, type EndpointHealth } from '@bulk-transcribe/runpod';
import { Command, InvalidArgumentError, Option } from 'commander';
import { readConfig } from './config.ts';
import { jobAudio } from './job-audio.ts';
import { refused, runEndpointJob } from './run-endpoint-job.ts';
import { endWithReader, print } from './standard-output.ts';

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
      process.exitCode = await runEndpointJob(open(endpoint), { ...(await jobAudio(audio)), ...input });
    });

const healthCommand = (): Command =>
  withEndpoint('health')
    .description('Show how many jobs and workers there are.')
    .action(async (endpoint: string) => {
      process.exitCode = await told(await open(endpoint).health(), healthLines);
    });

const purgeCommand = (): Command =>
  withEndpoint('purge')
    .description('Remove the jobs that wait; those that run go on.')
    .action(async (endpoint: string) => {
      process.exitCode = await told(await open(endpoint).purgeQueue(), ({ removed }) => `${removed} removed.\n`);
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

function open(endpointId: string): EndpointClient {
  const { RUNPOD_API_KEY: value, RUNPOD_ENDPOINT_BASE_URL: baseUrl } = readConfig();
  if (!value) throw new AppError('invalid_request', 'RUNPOD_API_KEY is not set. Make a key on RunPod’s page Settings and set it.');
  try {
    return new EndpointClient({ baseUrl, endpointId, key: { name: 'RUNPOD_API_KEY', value }, userAgent: 'bulk-transcribe (command line)' });
  } catch {
    throw new AppError('invalid_request', `"${endpointId}" is not the id of an endpoint.`);
  }
}

async function told<T>(answer: Answer<T>, lines: (value: T) => string): Promise<number> {
  if (!answer.ok) return refused(answer.failure);
  await print(lines(answer.value));
  return 0;
}

function healthLines({ jobs, workers }: EndpointHealth): string {
  const states = Object.entries(workers).map(([state, count]) => `${count} ${state}`);
  return `Jobs: ${jobs.inQueue} wait, ${jobs.inProgress} run, ${jobs.completed} done, ${jobs.failed} failed, ${jobs.retried} tried again.\nWorkers: ${states.join(', ')}.\n`;
}
