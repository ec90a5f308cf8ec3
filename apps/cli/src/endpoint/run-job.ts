/** One job of a serverless endpoint, from here to its end. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, type EndpointClient, type EndpointJob, type Failure, mayPass, outcomeOf } from '@bulk-transcribe/runpod';
import { print } from '../standard-output.ts';

/** Prints its output as JSON. Answers the exit code. */
export async function runJob(client: EndpointClient, input: Readonly<Record<string, unknown>>): Promise<number> {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort());
  const taken = await client.run({ input });
  if (!taken.ok) return refused(taken.failure);
  tellState(taken.value);
  const end = await follow(client, taken.value, abort.signal);
  if (end === null) return await cancel(client, taken.value.id);
  if (!end.ok) return refused(end.failure);
  const outcome = outcomeOf(end.value);
  if (!outcome?.ok) return failed(outcome?.error ?? '');
  await print(`${JSON.stringify(outcome.output, null, 2)}\n`);
  return 0;
}

/** Says what RunPod said and what to do next. Answers the exit code. */
export function refused({ kind, detail }: Failure): number {
  const next: Partial<Record<Failure['kind'], string>> = {
    unauthorized: 'The key in RUNPOD_API_KEY may not use this endpoint.',
    not_found: 'There is no such endpoint or job, or this key may not see it.',
    no_balance: 'Add credit to your account.',
    unreachable: 'Check the network, and RUNPOD_ENDPOINT_BASE_URL if you set it.',
  };
  return failed(`RunPod: ${detail.replace(/\.$/, '')}. ${next[kind] ?? 'Try again later.'}`);
}

function failed(message: string): number {
  console.error(message);
  return 1;
}

const ASK_MS = 2_000;
/** Questions in a row that RunPod does not answer: for a minute it may, the job goes on there. */
const MOST_SILENT = 30;

/** Asks until the job is over, and tells its states. Null where `signal` aborts before. */
async function follow(client: EndpointClient, taken: EndpointJob, signal: AbortSignal): Promise<Answer<EndpointJob> | null> {
  for (let said = taken.status, silent = 0; ; ) {
    await delay(ASK_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return null;
    const answer = await client.status(taken.id);
    if (isOver(answer, silent)) return answer;
    silent = answer.ok ? 0 : silent + 1;
    if (!answer.ok || answer.value.status === said) continue;
    said = answer.value.status;
    tellState(answer.value);
  }
}

const isOver = (answer: Answer<EndpointJob>, silent: number): boolean =>
  answer.ok ? outcomeOf(answer.value) !== null : !mayPass(answer.failure) || silent >= MOST_SILENT;

const tellState = ({ id, status }: EndpointJob): void => console.error(`${id}: ${status}`);

async function cancel(client: EndpointClient, id: string): Promise<number> {
  const { ok } = await client.cancel(id);
  console.error(ok ? `${id} is cancelled.` : `${id} could not be cancelled.`);
  return 130;
}
