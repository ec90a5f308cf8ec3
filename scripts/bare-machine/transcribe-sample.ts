import { setTimeout as pause } from 'node:timers/promises';
import type { Job, Recording, Transcript } from '../../packages/protocol/src/index.ts';
import { isFinal, transcriptText } from '../../packages/protocol/src/index.ts';

const POLL_MS = 200;

/** Sample → job → transcript, through the API that the page uses. Answers the text. */
export async function transcribeSample(url: string): Promise<string> {
  const cookie = await openSession(url);
  const call = async <T>(method: string, route: string, body?: unknown): Promise<T> => {
    const headers = { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const answer = await fetch(url + route, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const recording = await call<Recording>('POST', '/api/recordings/sample');
  let job = await call<Job>('POST', '/api/jobs', { recordingIds: [recording.id] });
  while (!job.tasks.every(({ state }) => isFinal(state))) {
    await pause(POLL_MS);
    job = await call<Job>('GET', `/api/jobs/${job.id}`);
  }
  const [task] = job.tasks;
  if (task?.state !== 'succeeded') throw new Error(`The sample ended as ${task?.state}: ${task?.error?.message}`);
  return transcriptText(await call<Transcript>('GET', `/api/tasks/${task.id}/transcript`));
}

async function openSession(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/system`);
  return answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
}
