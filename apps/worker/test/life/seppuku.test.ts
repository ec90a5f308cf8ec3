/** The deletion of a pod by itself, against RunPod's interface on a local port; waits are over at once. */
import type { Termination } from '@bulk-transcribe/protocol';
import { type ApiKey, RunpodClient } from '@bulk-transcribe/runpod';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Scripted } from '../../../../e2e/fake-answers.ts';
import { FakeRunpod } from '../../../../e2e/fake-runpod.ts';
import { seppuku } from '../../src/life/seppuku.ts';
import { HastyClock } from './hasty-clock.ts';
import { casesOf, vectorFiles, vectorHashes } from './vector-file.ts';

const ID = '5kq2m8x7n1abcd';
const podKey: ApiKey = { name: 'RUNPOD_API_KEY', value: 'rpa_EXAMPLE_POD_KEY' };
const spareKey: ApiKey = { name: 'RUNPOD_TERMINATE_API_KEY', value: 'rpa_EXAMPLE_ACCOUNT_KEY' };
const forbidden: Scripted = { status: 403, bodyText: '{"title":"Forbidden","status":403,"detail":"access denied"}' };

interface Given {
  readonly keys?: readonly ApiKey[];
  readonly graphql?: boolean;
  readonly script?: readonly Scripted[];
  readonly always?: Scripted;
  readonly notArmedBecause?: string;
  /** Ends the test when this holds. */
  readonly until?: (progress: Termination, clock: HastyClock) => boolean;
  readonly api?: FakeRunpod;
}

const newApi = async () => {
  const api = await FakeRunpod.start();
  onTestFinished(() => api.close());
  api.addPod(ID, [podKey.value, spareKey.value]);
  return api;
};

/** Runs a seppuku to its end. `calls` says what was called, with which key. */
async function perform(given: Given = {}) {
  const { keys = [podKey], graphql = true, script = [], notArmedBecause = '', until = () => false } = given;
  const api = given.api ?? (await newApi());
  api.script(...script);
  api.always(given.always ?? null);
  const clock = new HastyClock();
  const enough = new AbortController();
  const lines: { level: number; msg: string }[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line) as { level: number; msg: string }) });
  const progress: Termination[] = [];
  const onProgress = (termination: Termination) => {
    progress.push(termination);
    if (until(termination, clock)) enough.abort();
  };
  const client = new RunpodClient({ baseUrl: api.url, userAgent: 'bulk-transcribe/test' });
  const options = { client, podId: ID, keys, graphql, notArmedBecause, clock, random: () => 0.5, onProgress, log, signal: enough.signal };
  await seppuku(options);
  const calls = api.calls.map(({ method, url, headers, body }) => {
    const name = keys.find(({ value }) => headers.authorization === `Bearer ${value}`)?.name ?? '?';
    const action = url.endsWith('/action') ? ` ${(JSON.parse(body) as { action: string }).action}` : '';
    const mutation = url === '/graphql' ? ` ${/pod(?:Terminate|Stop)/.exec(body)?.[0]}` : '';
    return `${method}${action}${mutation} ${name}`;
  });
  return { api, calls, clock, lines, waits: clock.waits, last: progress.at(-1), isFinished: !enough.signal.aborted };
}

const accepted = ({ acceptedAt }: Termination) => acceptedAt !== null;

describe('the vectors of seppuku', () => {
  it('are the files whose hashes ORIGIN.md names', () => {
    const hashes = vectorHashes();
    expect(hashes.map(({ name }) => name)).toEqual(vectorFiles());
    for (const { documented, found } of hashes) expect(found).toBe(documented);
  });

  interface Row {
    readonly id: string;
    readonly request?: {
      readonly method: string;
      readonly url: string;
      readonly headers?: Record<string, string>;
      readonly body?: { query?: string };
    };
    readonly response?: Exclude<Scripted, { hangUp: true }>;
    readonly expect: { readonly accepted?: boolean };
  }
  const rows = casesOf<Row>('seppuku');
  const row = (id: string): Row => {
    const found = rows.find((candidate) => candidate.id === id);
    if (!found) throw new Error(`There is no row ${id}.`);
    return found;
  };
  /** White space inside a query is free. */
  const squeeze = (query = '') => query.replace(/\s+/g, '').replace('mutationact', 'mutation').replace('mutationterminatePod', 'mutation');
  const client = async (answer: Scripted | undefined) => {
    const api = await newApi();
    if (answer) api.script(answer);
    return { api, client: new RunpodClient({ baseUrl: api.url, userAgent: 'bulk-transcribe/test' }) };
  };
  const isAccepted = (answer: Awaited<ReturnType<RunpodClient['deletePod']>>) => answer.ok || answer.failure.kind === 'not_found';

  const tests: Readonly<Record<string, () => Promise<void>>> = {
    'early-graphql': async () => {
      // Ours never puts a key into an address; of this row only the answer is ours.
      const { api, client: ours } = await client(row('early-graphql').response);
      expect(isAccepted(await ours.terminateByGraphql(ID, podKey))).toBe(true);
      expect(api.calls[0]?.url).toBe('/graphql');
    },
    'graphql-today': async () => {
      const { request, response } = row('graphql-today');
      const { api, client: ours } = await client(response);
      expect(isAccepted(await ours.terminateByGraphql(ID, podKey))).toBe(true);
      const [call] = api.calls;
      const body = JSON.parse(call?.body ?? '') as { query: string; variables: unknown };
      expect(squeeze(body.query)).toBe(squeeze(request?.body?.query));
      expect(body.variables).toEqual({ podId: ID });
      expect(`https://api.runpod.io${call?.url}`).toBe(request?.url);
      expect(call?.headers).toMatchObject({ 'content-type': 'application/json', authorization: `Bearer ${podKey.value}` });
    },
    'graphql-already-gone': async () => {
      const { client: ours } = await client(row('graphql-already-gone').response);
      expect(isAccepted(await ours.terminateByGraphql(ID, podKey))).toBe(true);
    },
    'graphql-other-error': async () => {
      const { client: ours } = await client(row('graphql-other-error').response);
      const answer = await ours.terminateByGraphql(ID, podKey);
      expect(isAccepted(answer)).toBe(false);
      // "upstream" is tried again.
      expect(answer).toMatchObject({ ok: false, failure: { kind: 'upstream' } });
    },
    'graphql-stop': async () => {
      const { client: ours } = await client(row('graphql-stop').response);
      expect(await ours.stopByGraphql(ID, podKey)).toMatchObject({ ok: true });
    },
    'rest-v2': async () => {
      const { request } = row('rest-v2');
      const { api, calls, lines, isFinished } = await perform();
      expect(calls[0]).toBe('DELETE RUNPOD_API_KEY');
      expect(`https://api.runpod.io${api.calls[0]?.url}`).toBe(request?.url);
      expect(api.calls[0]?.headers).toMatchObject({ authorization: request?.headers?.['Authorization'], accept: 'application/json' });
      expect(api.statusOf(ID)).toBeNull();
      expect(isFinished).toBe(true);
      expect(lines.some(({ level }) => level >= 60)).toBe(false);
    },
    'rest-v1-refuses-pod-key': async () => {
      // Not ours: v1 is retired, and nothing here ever calls it.
      const { api } = await perform({ always: forbidden, until: ({ alarm }) => alarm });
      expect(api.calls.filter(({ url }) => !/^\/(v2\/pods\/|graphql$)/.test(url))).toEqual([]);
    },
    'read-fails-but-terminate-works': async () => {
      const api = await newApi();
      const { calls, last } = await perform({ api, script: [{ status: 409, body: {} }], until: accepted });
      // A 409 has the pod read; whatever comes of that, it goes on trying.
      expect(calls).toEqual(['DELETE RUNPOD_API_KEY', 'GET RUNPOD_API_KEY', 'DELETE RUNPOD_API_KEY']);
      expect(last?.acceptedAt).not.toBeNull();
      const blind = await newApi();
      blind.addPod('other', ['rpa_BLIND']);
      const refused = await perform({
        api: blind,
        keys: [{ name: 'BLIND', value: 'rpa_BLIND' }],
        script: [{ status: 409, body: {} }, { status: 204 }],
        until: accepted,
      });
      expect(refused.calls).toEqual(['DELETE BLIND', 'GET BLIND', 'DELETE BLIND']);
    },
    'sequence-transient': async () => {
      const { calls, waits } = await perform({ script: [{ status: 503 }, { hangUp: true }, { status: 204 }], until: accepted });
      expect(calls).toEqual(Array(3).fill('DELETE RUNPOD_API_KEY'));
      expect(waits.slice(0, 2)).toEqual([2_000, 4_000]);
    },
    'sequence-next-key': async () => {
      const { calls, waits } = await perform({ keys: [podKey, spareKey], script: [forbidden, { status: 204 }], until: accepted });
      expect(calls).toEqual(['DELETE RUNPOD_API_KEY', 'DELETE RUNPOD_TERMINATE_API_KEY']);
      expect(waits.filter((wait) => wait > 0)).toEqual([]);
    },
    'sequence-accepted-but-still-alive': async () => {
      const { calls, clock, waits, isFinished } = await perform({ script: [{ status: 204 }, { status: 404 }] });
      expect(calls.slice(0, 2)).toEqual(['DELETE RUNPOD_API_KEY', 'POST terminate RUNPOD_API_KEY']);
      expect(waits[0]).toBe(60_000);
      // The process may exit five minutes after the first acceptance, not before.
      expect(isFinished).toBe(true);
      expect(clock.now()).toBe(300_000);
    },
    'sequence-nothing-works': async () => {
      let alarms = 0;
      const { calls, clock, lines, isFinished } = await perform({
        graphql: false,
        always: forbidden,
        until: ({ alarm, lastAnswer }) => alarm && lastAnswer.startsWith('action terminate') && ++alarms === 7,
      });
      expect(calls).toContain('POST stop RUNPOD_API_KEY');
      const firstStop = calls.indexOf('POST stop RUNPOD_API_KEY');
      // After the alarm: every five minutes a round of both calls, and the stop again.
      expect(calls.slice(firstStop + 1, firstStop + 7)).toEqual([
        'DELETE RUNPOD_API_KEY',
        'POST terminate RUNPOD_API_KEY',
        'POST stop RUNPOD_API_KEY',
        'DELETE RUNPOD_API_KEY',
        'POST terminate RUNPOD_API_KEY',
        'POST stop RUNPOD_API_KEY',
      ]);
      expect(clock.waits.filter((wait) => wait === 300_000).length).toBeGreaterThan(1);
      expect(lines.filter(({ level, msg }) => level === 60 && msg.includes('CANNOT DELETE ITSELF')).length).toBeGreaterThan(1);
      expect(isFinished).toBe(false);
    },
    'exit-restarts-container': async () => {
      // Says what RunPod does with a process that exits. Ours: as long as nothing was accepted, there is no end that lets it exit.
      const { clock, isFinished } = await perform({
        always: forbidden,
        until: (_progress, progressClock) => progressClock.now() > 2 * 60 * 60 * 1000,
      });
      expect(clock.now()).toBeGreaterThan(2 * 60 * 60 * 1000);
      expect(isFinished).toBe(false);
    },
  };

  it('are all here', () => {
    expect(Object.keys(tests)).toEqual(rows.map(({ id }) => id));
  });

  it.each(Object.entries(tests))('%s', async (_id, test) => await test());
});

describe('a pod that deletes itself', () => {
  it('tries each call with each key, one after another', async () => {
    const { calls } = await perform({ keys: [podKey, spareKey], always: forbidden, until: (progress) => progress.calls === 6 });
    expect(calls).toEqual([
      'DELETE RUNPOD_API_KEY',
      'DELETE RUNPOD_TERMINATE_API_KEY',
      'POST terminate RUNPOD_API_KEY',
      'POST terminate RUNPOD_TERMINATE_API_KEY',
      'POST podTerminate RUNPOD_API_KEY',
      'POST podTerminate RUNPOD_TERMINATE_API_KEY',
    ]);
  });

  it('leaves GraphQL out where it is switched off', async () => {
    const { calls } = await perform({ graphql: false, always: forbidden, until: ({ alarm }) => alarm });
    expect(calls.filter((call) => call.includes('podTerminate') || call.includes('podStop'))).toEqual([]);
  });

  it('pauses longer and longer between rounds of refusals, up to a minute, until ten minutes are over', async () => {
    const { waits, clock } = await perform({ graphql: false, always: forbidden, until: ({ alarm }) => alarm });
    const pauses = waits.filter((wait) => wait > 0);
    expect(pauses.slice(0, 7)).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
    expect(clock.now()).toBeGreaterThanOrEqual(600_000);
    expect(clock.now()).toBeLessThan(661_000);
  });

  it('waits as a 429 asks, but five minutes at most: the pod costs money', async () => {
    const limited = (seconds: string): Scripted => ({ status: 429, headers: { 'retry-after': seconds } });
    const { calls, waits } = await perform({ script: [limited('7'), limited('86400'), { status: 204 }], until: accepted });
    expect(calls).toEqual(Array(3).fill('DELETE RUNPOD_API_KEY'));
    expect(waits.slice(0, 2)).toEqual([7_000, 300_000]);
  });

  it('gives a call up for the next one after three answers that helped nothing', async () => {
    const { calls } = await perform({ script: Array(3).fill({ status: 500 }), until: accepted });
    expect(calls).toEqual([...Array(3).fill('DELETE RUNPOD_API_KEY'), 'POST terminate RUNPOD_API_KEY']);
  });

  it('goes on past a client that Cloudflare does not let through, and past answers that make no sense', async () => {
    const script: Scripted[] = [
      { status: 403, bodyText: 'error code: 1010' },
      { status: 422, bodyText: '<html>' },
      { status: 200, body: { data: { podTerminate: null } } },
    ];
    const { calls, last } = await perform({ script, until: accepted });
    expect(calls).toEqual(['DELETE RUNPOD_API_KEY', 'POST terminate RUNPOD_API_KEY', 'POST podTerminate RUNPOD_API_KEY']);
    expect(last).toMatchObject({ calls: 3, alarm: false, lastAnswer: 'podTerminate with RUNPOD_API_KEY: HTTP 200' });
  });

  it('takes a pod that a 409 turns out to have ended for deleted', async () => {
    const api = await newApi();
    const { last } = await perform({ api, keys: [podKey], script: [{ status: 204 }, { status: 409, body: {} }], until: ({ calls }) => calls === 2 });
    expect(last?.acceptedAt).not.toBeNull();
  });

  it('takes the alarm back when a call is accepted after all', async () => {
    const refusals = Array(200).fill(forbidden) as Scripted[];
    const { last } = await perform({ graphql: false, script: refusals, until: accepted });
    expect(last).toMatchObject({ alarm: false, acceptedAt: expect.any(String) });
  });

  it('that has nothing to call with stays, calls nobody, and shouts every five minutes', async () => {
    let shouts = 0;
    const { calls, waits, lines } = await perform({
      keys: [],
      notArmedBecause: 'There is no key.',
      until: ({ alarm }) => alarm && ++shouts === 3,
    });
    expect(calls).toEqual([]);
    expect(waits.slice(0, 2)).toEqual([300_000, 300_000]);
    expect(lines.filter(({ level }) => level === 60)).toHaveLength(3);
  });

  it('never writes a key into its log', async () => {
    const { lines } = await perform({ keys: [podKey, spareKey], always: forbidden, until: ({ alarm }) => alarm });
    const text = JSON.stringify(lines);
    expect(text).toContain(podKey.name);
    expect(text).not.toContain(podKey.value);
    expect(text).not.toContain(spareKey.value);
  });
});
