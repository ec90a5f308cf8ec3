/** What goes wrong on the way, within one installation or between two. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hubSource, type InstallProgress } from '../src/index.ts';
import { codeOf, failure, HubInstalls, MODEL, NAME, never, WEIGHTS } from './hub-installs.ts';
import type { Asked, Fault } from './test-hub.ts';
import { COMMIT, checkpoint, ROWS, weights } from './tiny-checkpoint.ts';

let installs: HubInstalls;
beforeEach(async () => {
  installs = await HubInstalls.begin();
});
afterEach(() => installs.close());

describe('what goes wrong on the way is made good', () => {
  const size = weights(ROWS).bytes.length;

  it.each<[string, Asked['door'], Fault]>([
    ['a busy server', 'bytes', { kind: 'status', status: 503 }],
    ['a server that counts', 'get', { kind: 'status', status: 429, headers: { 'retry-after': '7' } }],
    ['an error of the hub', 'head', { kind: 'status', status: 500 }],
    ['an address that has expired', 'bytes', { kind: 'status', status: 403 }],
    ['a connection that is refused', 'bytes', { kind: 'reset' }],
    ['a connection that is cut', 'bytes', { kind: 'cut', after: 300_000 }],
    ['an answer that ends early', 'bytes', { kind: 'short', after: 123_457 }],
    ['more bytes than the file has', 'bytes', { kind: 'long' }],
    ['a damaged byte', 'bytes', { kind: 'corrupt', at: 400_000 }],
  ])('%s', async (_, door, fault) => {
    installs.failTimes(1, door, WEIGHTS, fault);
    await installs.install();
    expect(installs.weights).toEqual(weights(ROWS).bytes);
  });

  it('a server that goes silent is left after a while and asked for the rest', async () => {
    installs.failTimes(1, 'bytes', WEIGHTS, { kind: 'silent', after: 200_000 });
    await installs.install(installs.open({ timeouts: { connectMs: 5000, headersMs: 5000, silenceMs: 1_000 } }));
    expect(installs.weights).toEqual(weights(ROWS).bytes);
    expect(installs.hub.sent.get(WEIGHTS)).toBe(size);
  });

  it('a list that is no JSON, once, is asked again', async () => {
    let asked = 0;
    installs.hub.fault = ({ door }) => (door === 'list' && asked++ === 0 ? { kind: 'status', status: 200 } : null);
    await installs.install();
    expect(asked).toBe(2);
  });

  it('pauses grow, and are as long as the server asks', async () => {
    installs.failTimes(3, 'bytes', WEIGHTS, { kind: 'status', status: 503 });
    await installs.install();
    expect(installs.pauses).toEqual([1000, 2000, 4000]);
    installs.pauses.length = 0;
    await installs.open().remove(NAME);
    installs.failTimes(1, 'get', WEIGHTS, { kind: 'status', status: 429, headers: { 'retry-after': '7' } });
    await installs.install();
    expect(installs.pauses).toEqual([7000]);
  });

  it('only what is missing is sent again, by Range with the validator of the store', async () => {
    installs.failTimes(4, 'bytes', WEIGHTS, { kind: 'cut', after: 100_000 });
    await installs.install();
    expect(installs.hub.sent.get(WEIGHTS)).toBe(size);
    const parts = installs.hub.asked.filter(({ door, file }) => door === 'bytes' && file === WEIGHTS).map(({ headers }) => headers.range);
    expect(parts).toEqual([undefined, 'bytes=100000-', 'bytes=200000-', 'bytes=300000-', 'bytes=400000-']);
    expect(installs.hub.asked.findLast(({ file }) => file === WEIGHTS)?.headers['if-range']).toMatch(/^"of-the-store-/);
  });

  it('a server that knows no ranges sends all of it again', async () => {
    let n = 0;
    installs.hub.fault = ({ door, file }) =>
      door !== 'bytes' || file !== WEIGHTS ? null : n++ === 0 ? { kind: 'cut', after: 100_000 } : { kind: 'whole' };
    await installs.install();
    expect(installs.weights).toEqual(weights(ROWS).bytes);
  });
});

describe('a second installation', () => {
  it('goes on where the first was stopped', async () => {
    const stop = new AbortController();
    const reason = new Error('stopped');
    installs.failTimes(1, 'bytes', WEIGHTS, { kind: 'silent', after: 250_000 });
    const onProgress = ({ doneBytes }: InstallProgress) => void (doneBytes > 250_000 && stop.abort(reason));
    expect(await failure(installs.open().install(hubSource(MODEL), { signal: stop.signal, onProgress }))).toBe(reason);
    expect(existsSync(path.join(installs.folder, NAME))).toBe(false);
    expect(await installs.open().list()).toEqual([]);
    installs.hub.sent.clear();
    await installs.install();
    expect(installs.hub.sent.get(WEIGHTS)).toBe(weights(ROWS).bytes.length - 250_000);
    expect(installs.hub.sent.get('tokenizer.json') ?? 0).toBe(0);
    expect(installs.weights).toEqual(weights(ROWS).bytes);
  });

  it('takes nothing of another version that the first has left', async () => {
    installs.failTimes(1, 'bytes', WEIGHTS, { kind: 'cut', after: 250_000 });
    await failure(installs.open({}, async () => Promise.reject(new Error('killed'))).install(hubSource(MODEL), { signal: never }));
    installs.hub.repositories.set(MODEL, { ...checkpoint(2), commit: COMMIT.replace('0', 'f') });
    expect(await installs.install()).toMatchObject({ commit: COMMIT.replace('0', 'f') });
    expect(installs.weights).toEqual(weights(ROWS, 2).bytes);
  });

  it('notices that bytes have changed on the disk meanwhile', async () => {
    installs.failTimes(1, 'bytes', WEIGHTS, { kind: 'cut', after: 250_000 });
    await failure(installs.open({}, async () => Promise.reject(new Error('killed'))).install(hubSource(MODEL), { signal: never }));
    const part = path.join(installs.folder, '.incoming', NAME, 'parts', WEIGHTS);
    const bytes = readFileSync(part);
    writeFileSync(part, bytes.fill(0, 1000, 2000));
    await installs.install();
    expect(installs.weights).toEqual(weights(ROWS).bytes);
  });

  it('at the same time is told to wait, and disturbs nothing', async () => {
    const first = Promise.withResolvers<void>();
    const store = installs.open();
    const running = store.install(hubSource(MODEL), { signal: never, onProgress: () => first.resolve() });
    await first.promise;
    expect(await codeOf(installs.install(installs.open()))).toBe('model_busy');
    expect(await codeOf(installs.open().remove(NAME))).toBe('model_busy');
    expect(await running).toMatchObject({ name: NAME, problem: null });
  });

  it('can be called off: what has arrived goes with remove', async () => {
    installs.failTimes(6, 'bytes', WEIGHTS, { kind: 'status', status: 503 });
    expect(await codeOf(installs.install())).toBe('model_download_failed');
    await installs.open().remove(NAME);
    expect(readdirSync(path.join(installs.folder, '.incoming'))).toEqual([]);
  });
});
