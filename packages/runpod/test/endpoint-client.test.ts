/** The client of a serverless endpoint, against the vectors and a fake endpoint. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Scripted } from '../../../e2e/fake-answers.ts';
import { FakeEndpoint } from '../../../e2e/fake-endpoint.ts';
import {
  type Answer,
  EndpointClient,
  type EndpointJob,
  type EndpointRequest,
  type Failure,
  mayPass,
  outcomeOf,
  RUNPOD_ENDPOINT_BASE_URL,
} from '../src/index.ts';

const ID = '4m7x2k9q';
const key = { name: 'RUNPOD_API_KEY', value: 'rpa_EXAMPLE_ACCOUNT_KEY' };

interface Row {
  readonly id: string;
  readonly request: { readonly method: string; readonly url: string; readonly headers: Record<string, string>; readonly body?: EndpointRequest };
  readonly response: { readonly status: number; readonly body?: unknown };
  readonly expect?: { readonly final?: boolean; readonly treatAs?: string; readonly chunks?: unknown[]; readonly retry?: boolean };
}

const { cases } = JSON.parse(readFileSync(new URL('./vectors/serverless-endpoint-api.json', import.meta.url), 'utf8')) as { cases: Row[] };

async function start() {
  const endpoint = await FakeEndpoint.start({ id: ID, key: key.value });
  onTestFinished(() => endpoint.close());
  return { endpoint, client: new EndpointClient({ baseUrl: endpoint.url, userAgent: 'bulk-transcribe/test', endpointId: ID, key }) };
}

/** Makes the call that a row describes. */
function call(client: EndpointClient, { request: { url, body = { input: {} } } }: Row): Promise<Answer<unknown>> {
  const { pathname, searchParams } = new URL(url);
  const [, , , operation, jobId = ''] = pathname.split('/');
  switch (operation) {
    case 'run':
      return client.run(body);
    case 'runsync':
      return client.runSync(body, Number(searchParams.get('wait')));
    case 'status':
    case 'stream':
    case 'cancel':
    case 'retry':
      return client[operation](jobId);
    case 'purge-queue':
      return client.purgeQueue();
    default:
      return client.health();
  }
}

function checkFailure(failure: Failure, { expect: { final, retry } = {} }: Row): void {
  if (retry !== undefined) expect(mayPass(failure)).toBe(retry);
  if (final) expect([failure.kind, mayPass(failure)]).toEqual(['not_found', false]);
}

function checkValue(value: unknown, { response, expect: { final, treatAs, chunks } = {} }: Row): void {
  expect(value).toEqual(chunks ?? response.body);
  if (final !== undefined) expect(outcomeOf(value as EndpointJob) !== null).toBe(final);
  if (treatAs) expect(outcomeOf(value as EndpointJob)).toMatchObject({ ok: false, error: expect.stringContaining('output is lost') });
}

describe('the vectors of endpoints', () => {
  // Nothing here takes webhooks: whoever sends a job asks for its end.
  const notOurs = ['webhook-delivery'];
  const ours = cases.filter(({ id }) => !notOurs.includes(id));

  it('are all run, but those that are not ours', () => {
    expect(cases.length - ours.length).toBe(notOurs.length);
  });

  it.each(ours.map((row) => [row.id, row] as const))('%s', async (_id, row) => {
    const { endpoint, client } = await start();
    endpoint.script(row.response as Scripted);
    const answer = await call(client, row);
    const [sent] = endpoint.calls;
    expect(`https://api.runpod.ai${sent?.url}`).toBe(row.request.url);
    expect(sent).toMatchObject({ method: row.request.method, headers: { authorization: row.request.headers['Authorization'] } });
    if (row.request.body) expect(JSON.parse(sent?.body ?? '')).toEqual(row.request.body);
    expect(answer.ok).toBe(row.response.status < 300);
    if (answer.ok) checkValue(answer.value, row);
    else checkFailure(answer.failure, row);
  });
});

describe('the client of an endpoint', () => {
  it('sends a job, follows it to its end, and fetches each part once', async () => {
    const { endpoint, client } = await start();
    const taken = await client.run({ input: { audio: 'https://example.org/a.mp3' } });
    const id = taken.ok ? taken.value.id : '';
    expect(await client.status(id)).toMatchObject({ ok: true, value: { status: 'IN_QUEUE' } });
    expect(await client.health()).toMatchObject({ ok: true, value: { jobs: { inQueue: 1 }, workers: { idle: 1, throttled: 0 } } });
    endpoint.work = (job) => Object.assign(job, { status: 'COMPLETED', output: { text: 'so' }, parts: ['s', 'o'] });
    const done = await client.status(id);
    expect(done.ok && outcomeOf(done.value)).toEqual({ ok: true, output: { text: 'so' } });
    expect(await client.stream(id)).toMatchObject({ ok: true, value: ['s', 'o'] });
    expect(await client.stream(id)).toMatchObject({ ok: true, value: [] });
  });

  it('gives up, begins again, and empties the queue', async () => {
    const { endpoint, client } = await start();
    endpoint.work = (job) => Object.assign(job, { status: 'FAILED', error: 'no sound' });
    const failed = await client.runSync({ input: {} }, 1_000);
    const id = failed.ok ? failed.value.id : '';
    expect(failed.ok && outcomeOf(failed.value)).toEqual({ ok: false, error: 'no sound' });
    expect(await client.retry(id)).toMatchObject({ ok: true, value: { status: 'IN_QUEUE' } });
    expect(await client.cancel(id)).toMatchObject({ ok: true, value: { status: 'CANCELLED' } });
    await client.run({ input: {} });
    expect(await client.purgeQueue()).toMatchObject({ ok: true, value: { removed: 1 } });
    expect(await client.status('no-such-job')).toMatchObject({ ok: false, failure: { kind: 'not_found' } });
  });

  it('keeps its key in the header, whatever a server says, and asks nobody where an id would change the address', async () => {
    const { endpoint, client } = await start();
    endpoint.script({ status: 401, body: { title: 'Unauthorized', status: 401, detail: `${key.value} is not valid.` } }, { hangUp: true });
    expect(await client.health()).toMatchObject({ ok: false, failure: { kind: 'unauthorized', detail: 'Unauthorized: [redacted] is not valid.' } });
    expect(await client.health()).toMatchObject({ ok: false, failure: { kind: 'unreachable' } });
    await client.status('a/../../health?x');
    expect(endpoint.calls.map(({ url }) => url)).toEqual([`/v2/${ID}/health`, `/v2/${ID}/health`, `/v2/${ID}/status/a%2F..%2F..%2Fhealth%3Fx`]);
    expect(() => new EndpointClient({ baseUrl: RUNPOD_ENDPOINT_BASE_URL, userAgent: 'x', endpointId: '../v2', key })).toThrow('not the id');
  });
});
