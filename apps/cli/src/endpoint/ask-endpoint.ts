/** What the command `endpoint` does; each function answers the exit code. */
import { AppError } from '@bulk-transcribe/protocol';
import { type Answer, EndpointClient, type EndpointHealth } from '@bulk-transcribe/runpod';
import { readConfig } from '../config.ts';
import { print } from '../standard-output.ts';
import { jobAudio } from './job-audio.ts';
import { refused, runJob } from './run-job.ts';

/** `audio`: as the person named it. `input`: further fields. Throws AppErrors about what was given, and about the settings. */
export async function run(endpointId: string, audio: string, input: object): Promise<number> {
  return await runJob(open(endpointId), { ...(await jobAudio(audio)), ...input });
}

export async function health(endpointId: string): Promise<number> {
  return await tell(await open(endpointId).health(), healthLines);
}

export async function purge(endpointId: string): Promise<number> {
  return await tell(await open(endpointId).purgeQueue(), ({ removed }) => `${removed} removed.\n`);
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

async function tell<T>(answer: Answer<T>, lines: (value: T) => string): Promise<number> {
  if (!answer.ok) return refused(answer.failure);
  await print(lines(answer.value));
  return 0;
}

function healthLines({ jobs, workers }: EndpointHealth): string {
  const states = Object.entries(workers).map(([state, count]) => `${count} ${state}`);
  return `Jobs: ${jobs.inQueue} wait, ${jobs.inProgress} run, ${jobs.completed} done, ${jobs.failed} failed, ${jobs.retried} tried again.\nWorkers: ${states.join(', ')}.\n`;
}
