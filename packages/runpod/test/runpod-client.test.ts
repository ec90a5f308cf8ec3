import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Scripted } from '../../../e2e/fake-answers.ts';
import { FakeRunpod } from '../../../e2e/fake-runpod.ts';
import { isPodId, RunpodClient } from '../src/index.ts';
import { rateLimitWaitMs } from '../src/rate-limit.ts';

const ID = '5kq2m8x7n1abcd';
const key = { name: 'RUNPOD_API_KEY', value: 'rpa_EXAMPLE_POD_KEY' };

interface VectorCase {
  readonly id: string;
  /** Headers. */
  readonly given: Readonly<Record<string, string>>;
  readonly request: { readonly method: string; readonly url: string; readonly headers: Record<string, string>; readonly body?: unknown };
  readonly response: { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown; readonly bodyText?: string };
  readonly expect?: { readonly accepted?: boolean; readonly retry?: boolean; readonly waitSeconds?: number | null };
}

const folder = new URL('./vectors/', import.meta.url);
const vector = (name: string) => (JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as { cases: VectorCase[] }).cases;

async function start() {
  const api = await FakeRunpod.start();
  onTestFinished(() => api.close());
  api.addPod(ID, [key.value]);
  return { api, client: new RunpodClient({ baseUrl: api.url, userAgent: 'bulk-transcribe/test' }) };
}

/** A refusal that the worker takes for a deletion. */
const isDone = (answer: Awaited<ReturnType<RunpodClient['deletePod']>>) => answer.ok || answer.failure.kind === 'not_found';

describe('the vectors', () => {
  it('are the files whose hashes ORIGIN.md names', () => {
    const rows = [...readFileSync(new URL('ORIGIN.md', folder), 'utf8').matchAll(/`([\w-]+\.json)` \| `(\w{64})`/g)];
    expect(rows).toHaveLength(5);
    for (const [, name = '', hash] of rows) {
      expect(
        createHash('sha256')
          .update(readFileSync(new URL(name, folder)))
          .digest('hex'),
        name,
      ).toBe(hash);
    }
  });

  const kinds: Readonly<Record<string, string>> = {
    'delete-again': 'not_found',
    'delete-cluster-member': 'conflict',
    'delete-without-rights': 'unauthorized',
    'delete-user-agent-refused': 'blocked',
    'delete-gone-status': 'not_found',
    'delete-upstream-failure': 'upstream',
    'not-valid-now': 'conflict',
    'bad-action': 'invalid',
  };

  it.each([...vector('v2-pods-delete'), ...vector('v2-pods-action')].map((row) => [row.id, row] as const))('%s', async (_id, row) => {
    const { api, client } = await start();
    api.script(row.response as Scripted);
    const sentKey = { name: 'KEY', value: row.request.headers['Authorization']?.replace('Bearer ', '') ?? '' };
    const action = (row.request.body as { action?: 'stop' } | undefined)?.action;
    const answer = action ? await client.actOnPod(ID, action, sentKey) : await client.deletePod(ID, sentKey);
    expect(answer.ok ? 'ok' : answer.failure.kind).toBe(kinds[row.id] ?? 'ok');
    if (row.expect?.accepted !== undefined) expect(isDone(answer)).toBe(row.expect.accepted);
    const [call] = api.calls;
    expect(`https://api.runpod.io${call?.url}`).toBe(row.request.url);
    expect(call).toMatchObject({
      method: row.request.method,
      headers: { authorization: `Bearer ${sentKey.value}`, 'user-agent': 'bulk-transcribe/test' },
    });
    expect(call?.body ? JSON.parse(call.body) : undefined).toEqual(row.request.body);
  });

  it.each(vector('v2-rate-limit').map((row) => [row.id, row] as const))('rate limit: %s', (_id, row) => {
    const lower = Object.fromEntries(Object.entries(row.given).map(([name, value]) => [name.toLowerCase(), value]));
    const seconds = row.expect?.waitSeconds ?? null;
    expect(rateLimitWaitMs(lower, 0)).toBe(seconds === null ? null : seconds * 1000);
  });
});

describe('the client', () => {
  it('reads a pod, and nothing of its environment', async () => {
    const { client } = await start();
    const answer = await client.getPod(ID, key);
    expect(answer).toMatchObject({ ok: true, value: { id: ID, status: 'RUNNING', actions: ['stop', 'restart', 'terminate'] } });
    expect(JSON.stringify(answer)).not.toContain('clear text');
  });

  it('deletes a pod by each of its calls; the second time it is gone', async () => {
    for (const call of ['deletePod', 'terminateByGraphql'] as const) {
      const { api, client } = await start();
      expect(await client[call](ID, key)).toMatchObject({ ok: true });
      expect(api.statusOf(ID)).toBeNull();
      expect(await client[call](ID, key)).toMatchObject({ ok: false, failure: { kind: 'not_found' } });
    }
  });

  it('lets go of a GPU by either interface', async () => {
    const { api, client } = await start();
    expect(await client.actOnPod(ID, 'stop', key)).toMatchObject({ ok: true });
    expect(api.statusOf(ID)).toBe('EXITED');
    const other = await start();
    expect(await other.client.stopByGraphql(ID, key)).toMatchObject({ ok: true });
    expect(other.api.statusOf(ID)).toBe('EXITED');
  });

  it('takes a GraphQL answer without data or errors, or one that is no JSON, for a failure', async () => {
    const { api, client } = await start();
    api.script({ status: 200, body: {} }, { status: 200, bodyText: '<html>Just a moment…</html>' });
    expect(await client.terminateByGraphql(ID, key)).toMatchObject({ ok: false, failure: { kind: 'upstream' } });
    expect(await client.terminateByGraphql(ID, key)).toMatchObject({ ok: false, failure: { kind: 'upstream' } });
  });

  it('waits as long as a 429 asks', async () => {
    const { api, client } = await start();
    api.script({ status: 429, headers: { 'retry-after': '7', ratelimit: '"minute";r=0;t=12, "hour";r=2800;t=1812' } });
    expect(await client.deletePod(ID, key)).toMatchObject({ ok: false, failure: { kind: 'rate_limited', status: 429, waitMs: 12_000 } });
  });

  it('says in words what a page of Cloudflare says', async () => {
    const { api, client } = await start();
    api.script({
      status: 502,
      headers: { 'content-type': 'text/html' },
      bodyText: '<html><style>p{}</style><h1>Bad gateway</h1><p>Try   later</p></html>',
    });
    expect(await client.deletePod(ID, key)).toMatchObject({ ok: false, failure: { kind: 'upstream', detail: 'Bad gateway Try later' } });
  });

  it('never leads its key anywhere but into the header', async () => {
    const { api, client } = await start();
    api.script({ status: 401, body: { title: 'Unauthorized', status: 401, detail: `The key ${key.value} is not valid.` } });
    const answer = await client.deletePod(ID, key);
    expect(answer).toMatchObject({ ok: false, failure: { detail: 'Unauthorized: The key [redacted] is not valid.' } });
    await client.terminateByGraphql(ID, key);
    expect(api.calls.map(({ url, body }) => url + body).join()).not.toContain(key.value);
  });

  it('says what failed where nobody answers', async () => {
    const { api, client } = await start();
    api.script({ hangUp: true });
    expect(await client.deletePod(ID, key)).toMatchObject({ ok: false, failure: { kind: 'unreachable', status: null } });
    const silent = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const impatient = new RunpodClient({ baseUrl: `http://127.0.0.1:${port}`, userAgent: 'bulk-transcribe/test', timeoutMs: 50 });
    expect(await impatient.deletePod(ID, key)).toMatchObject({ ok: false, failure: { kind: 'unreachable', detail: 'No answer in time.' } });
  });

  it('never makes a path of what is no id', async () => {
    const { api, client } = await start();
    for (const id of ['../../v2/pods', 'a/b', '', 'x'.repeat(65), 'a?b']) {
      expect(isPodId(id)).toBe(false);
      await expect(client.deletePod(id, key)).rejects.toThrow('not the id of a pod');
      await expect(client.terminateByGraphql(id, key)).rejects.toThrow('not the id of a pod');
    }
    expect(api.calls).toEqual([]);
  });
});
