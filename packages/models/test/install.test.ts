import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AppError, ErrorCode } from '@bulk-transcribe/protocol';
import { tryLockDirectory } from '@bulk-transcribe/service';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type HubSettings, hubSource, type InstallProgress, ModelStore } from '../src/index.ts';
import { type Asked, type Fault, sha256, TestHub } from './test-hub.ts';
import { COMMIT, checkpoint, ROWS, sharded, weights, withConfig } from './tiny-checkpoint.ts';

const MODEL = 'somebody/whisper-of-mine';
const NAME = 'somebody--whisper-of-mine';
const WEIGHTS = 'model.safetensors';
const wanted = ['config.json', 'generation_config.json', WEIGHTS, 'preprocessor_config.json', 'tokenizer.json'];
const noProxies = { http: '', https: '', except: '' };

let hub: TestHub;
let folder: string;
const stores: ModelStore[] = [];
/** Pauses that were asked for; none is made. */
const pauses: number[] = [];

beforeEach(async () => {
  hub = await TestHub.start();
  hub.repositories.set(MODEL, checkpoint());
  folder = mkdtempSync(path.join(tmpdir(), 'bt-models-'));
  pauses.length = 0;
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

function open(settings: Partial<HubSettings> = {}, wait?: (ms: number, signal: AbortSignal) => Promise<void>): ModelStore {
  const store = new ModelStore({
    folder,
    hub: { endpoint: hub.url, token: '', offline: false, proxies: noProxies, ...settings },
    lock: tryLockDirectory,
    wait:
      wait ??
      (async (ms, signal) => {
        signal.throwIfAborted();
        pauses.push(ms);
      }),
  });
  stores.push(store);
  return store;
}

const never = new AbortController().signal;
const install = (store = open(), text = MODEL) => store.install(hubSource(text), { signal: never });
const failure = async (attempt: Promise<unknown>): Promise<AppError> => {
  const cause = await attempt.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  return cause as AppError;
};
const codeOf = async (attempt: Promise<unknown>): Promise<ErrorCode> => (await failure(attempt)).code;
const installedFiles = () => readdirSync(path.join(folder, NAME)).filter((name) => name !== 'bulk-transcribe.json');
const weightsOnDisk = () => readFileSync(path.join(folder, NAME, WEIGHTS));
/** The fault comes so many times at that door and file, then all is well. */
const times = (n: number, door: Asked['door'], file: string, fault: Fault) => {
  let left = n;
  hub.fault = (asked) => {
    if (asked.door !== door || asked.file !== file || left === 0) return null;
    left -= 1;
    return fault;
  };
};

describe('a model from the hub', () => {
  it('lies in its folder byte by byte, with what was pinned, and nothing else is left', async () => {
    const seen: InstallProgress[] = [];
    const store = open();
    const model = await store.install(hubSource(MODEL), { signal: never, onProgress: (progress) => seen.push(progress) });
    expect(installedFiles().sort()).toEqual([...wanted].sort());
    for (const name of wanted) expect(readFileSync(path.join(folder, NAME, name))).toEqual(checkpoint().files[name]?.bytes);
    const bytes = wanted.reduce((sum, name) => sum + (checkpoint().files[name]?.bytes.length ?? 0), 0);
    expect(seen.at(-1)).toEqual({ doneBytes: bytes, totalBytes: bytes });
    expect(model).toMatchObject({ name: NAME, origin: 'hub', repository: MODEL, commit: COMMIT, license: 'mit', problem: null });
    expect(model).toMatchObject({ languages: ['en', 'cs', 'yue'], parameters: ROWS * 8 });
    const record = JSON.parse(readFileSync(path.join(folder, NAME, 'bulk-transcribe.json'), 'utf8'));
    expect(record.files).toContainEqual({ name: WEIGHTS, size: weightsOnDisk().length, sha256: sha256(weightsOnDisk()) });
    expect(readdirSync(path.join(folder, '.incoming'))).toEqual([]);
    expect(await store.list()).toEqual([model]);
  });

  it('may come in shards, named by the index', async () => {
    hub.repositories.set(MODEL, sharded(['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']));
    const model = await install();
    expect(model).toMatchObject({ problem: null, parameters: 2001 * 8 });
    expect(installedFiles()).toContain('model-00002-of-00002.safetensors');
  });

  it('has the name of the registry where it is a known one, by whatever name it is called', async () => {
    hub.repositories.set('openai/whisper-tiny', checkpoint());
    for (const text of ['tiny', 'openai/whisper-tiny', 'whisper-tiny']) expect(hubSource(text)).toMatchObject({ name: 'tiny', revision: 'main' });
    expect(await install(open(), 'openai/whisper-tiny')).toMatchObject({ name: 'tiny', license: 'Apache-2.0' });
  });

  it('is taken at the revision that is named', async () => {
    expect(await install(open(), `${MODEL}@${COMMIT}`)).toMatchObject({ commit: COMMIT });
    expect(await codeOf(install(open(), `${MODEL}2@no-such`))).toBe('model_unknown');
  });

  it('is not installed twice, can be removed, and then installed again', async () => {
    const store = open();
    await install(store);
    expect(await codeOf(install(store))).toBe('conflict');
    await store.remove(NAME);
    expect(existsSync(path.join(folder, NAME))).toBe(false);
    expect(await codeOf(store.remove(NAME))).toBe('not_found');
    await install(store);
  });
});

describe('a mirror', () => {
  it('that tells no hash of large files is enough: size and record are from the bytes themselves', async () => {
    hub.silentAboutFiles = true;
    times(2, 'bytes', WEIGHTS, { kind: 'cut', after: 100_000 });
    await install();
    expect(weightsOnDisk()).toEqual(weights(ROWS).bytes);
    const record = JSON.parse(readFileSync(path.join(folder, NAME, 'bulk-transcribe.json'), 'utf8'));
    expect(record.files).toContainEqual({ name: WEIGHTS, size: weightsOnDisk().length, sha256: sha256(weightsOnDisk()) });
  });

  it('may have moved a model to another name', async () => {
    let asked = 0;
    hub.fault = ({ door }) => (door === 'list' && asked++ === 0 ? { kind: 'redirect', to: `/api/models/${MODEL}/revision/main` } : null);
    expect(await install()).toMatchObject({ commit: COMMIT });
  });
});

describe('the token', () => {
  it('opens a gated model, and goes to the hub alone', async () => {
    hub.repositories.set(MODEL, { ...checkpoint(), gated: true });
    await install(open({ token: hub.token }));
    const withToken = hub.asked.filter(({ headers }) => headers.authorization !== undefined);
    expect(new Set(withToken.map(({ door }) => door))).toEqual(new Set(['list', 'head', 'get']));
    expect(hub.asked.filter(({ door }) => door === 'bytes').length).toBeGreaterThan(0);
  });

  it.each([
    ['', 'only with a token'],
    ['hf_wrong', 'conditions have not been accepted by the account of HF_TOKEN'],
  ])('missing or wrong (“%s”) is said, and stands in no message', async (token, sentence) => {
    hub.repositories.set(MODEL, { ...checkpoint(), gated: true });
    const error = await failure(install(open({ token })));
    expect(error.code).toBe('model_gated');
    expect(error.message).toContain(sentence);
    expect(error.message).not.toContain('hf_wrong');
  });
});

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
    times(1, door, WEIGHTS, fault);
    await install();
    expect(weightsOnDisk()).toEqual(weights(ROWS).bytes);
  });

  it('a server that goes silent is left after a while and asked for the rest', async () => {
    times(1, 'bytes', WEIGHTS, { kind: 'silent', after: 200_000 });
    await install(open({ timeouts: { connectMs: 5000, headersMs: 5000, silenceMs: 200 } }));
    expect(weightsOnDisk()).toEqual(weights(ROWS).bytes);
    expect(hub.sent.get(WEIGHTS)).toBe(size);
  });

  it('a list that is no JSON, once, is asked again', async () => {
    let asked = 0;
    hub.fault = ({ door }) => (door === 'list' && asked++ === 0 ? { kind: 'status', status: 200 } : null);
    await install();
    expect(asked).toBe(2);
  });

  it('pauses grow, and are as long as the server asks', async () => {
    times(3, 'bytes', WEIGHTS, { kind: 'status', status: 503 });
    await install();
    expect(pauses).toEqual([1000, 2000, 4000]);
    pauses.length = 0;
    await open().remove(NAME);
    times(1, 'get', WEIGHTS, { kind: 'status', status: 429, headers: { 'retry-after': '7' } });
    await install();
    expect(pauses).toEqual([7000]);
  });

  it('only what is missing is sent again, by Range with the validator of the store', async () => {
    times(4, 'bytes', WEIGHTS, { kind: 'cut', after: 100_000 });
    await install();
    expect(hub.sent.get(WEIGHTS)).toBe(size);
    const parts = hub.asked.filter(({ door, file }) => door === 'bytes' && file === WEIGHTS).map(({ headers }) => headers.range);
    expect(parts).toEqual([undefined, 'bytes=100000-', 'bytes=200000-', 'bytes=300000-', 'bytes=400000-']);
    expect(hub.asked.findLast(({ file }) => file === WEIGHTS)?.headers['if-range']).toMatch(/^"of-the-store-/);
  });

  it('a server that knows no ranges sends all of it again', async () => {
    let n = 0;
    hub.fault = ({ door, file }) => (door !== 'bytes' || file !== WEIGHTS ? null : n++ === 0 ? { kind: 'cut', after: 100_000 } : { kind: 'whole' });
    await install();
    expect(weightsOnDisk()).toEqual(weights(ROWS).bytes);
  });
});

describe('a second installation', () => {
  it('goes on where the first was stopped', async () => {
    const stop = new AbortController();
    const reason = new Error('stopped');
    times(1, 'bytes', WEIGHTS, { kind: 'silent', after: 250_000 });
    const onProgress = ({ doneBytes }: InstallProgress) => void (doneBytes > 250_000 && stop.abort(reason));
    expect(await failure(open().install(hubSource(MODEL), { signal: stop.signal, onProgress }))).toBe(reason);
    expect(existsSync(path.join(folder, NAME))).toBe(false);
    expect(await open().list()).toEqual([]);
    hub.sent.clear();
    await install();
    expect(hub.sent.get(WEIGHTS)).toBe(weights(ROWS).bytes.length - 250_000);
    expect(hub.sent.get('tokenizer.json') ?? 0).toBe(0);
    expect(weightsOnDisk()).toEqual(weights(ROWS).bytes);
  });

  it('takes nothing of another version that the first has left', async () => {
    times(1, 'bytes', WEIGHTS, { kind: 'cut', after: 250_000 });
    await failure(open({}, async () => Promise.reject(new Error('killed'))).install(hubSource(MODEL), { signal: never }));
    hub.repositories.set(MODEL, { ...checkpoint(2), commit: COMMIT.replace('0', 'f') });
    expect(await install()).toMatchObject({ commit: COMMIT.replace('0', 'f') });
    expect(weightsOnDisk()).toEqual(weights(ROWS, 2).bytes);
  });

  it('notices that bytes have changed on the disk meanwhile', async () => {
    times(1, 'bytes', WEIGHTS, { kind: 'cut', after: 250_000 });
    await failure(open({}, async () => Promise.reject(new Error('killed'))).install(hubSource(MODEL), { signal: never }));
    const part = path.join(folder, '.incoming', NAME, 'parts', WEIGHTS);
    const bytes = readFileSync(part);
    writeFileSync(part, bytes.fill(0, 1000, 2000));
    await install();
    expect(weightsOnDisk()).toEqual(weights(ROWS).bytes);
  });

  it('at the same time is told to wait, and disturbs nothing', async () => {
    const first = Promise.withResolvers<void>();
    const store = open();
    const running = store.install(hubSource(MODEL), { signal: never, onProgress: () => first.resolve() });
    await first.promise;
    expect(await codeOf(install(open()))).toBe('model_busy');
    expect(await codeOf(open().remove(NAME))).toBe('model_busy');
    expect(await running).toMatchObject({ name: NAME, problem: null });
  });

  it('can be called off: what has arrived goes with remove', async () => {
    times(6, 'bytes', WEIGHTS, { kind: 'status', status: 503 });
    expect(await codeOf(install())).toBe('model_download_failed');
    await open().remove(NAME);
    expect(readdirSync(path.join(folder, '.incoming'))).toEqual([]);
  });
});

describe('what cannot be made good ends with what to do, and without a model', () => {
  const always = (door: Asked['door'], fault: Fault) => () => {
    hub.fault = (asked) => (asked.door === door ? fault : null);
  };
  const serve = (change: (repository: ReturnType<typeof checkpoint>) => void) => () => {
    const repository = checkpoint();
    change(repository);
    hub.repositories.set(MODEL, repository);
  };

  it.each<[string, () => void, ErrorCode, RegExp]>([
    ['no such model', () => hub.repositories.clear(), 'model_unknown', /The hub has no model somebody/],
    ['a file that is gone', always('head', { kind: 'status', status: 404 }), 'model_unknown', /has no file config\.json/],
    ['a hub that fails', always('list', { kind: 'status', status: 502 }), 'model_download_failed', /502.*Tried 6 times/],
    [
      'a hub that asks to wait for an hour',
      always('list', { kind: 'status', status: 429, headers: { 'retry-after': '3600' } }),
      'model_download_failed',
      /It asks to wait 3600 s/,
    ],
    ['a hub that refuses the request', always('list', { kind: 'status', status: 418 }), 'model_download_failed', /418/],
    ['connections that are always cut', always('bytes', { kind: 'reset' }), 'model_download_failed', /connection failed/],
    ['bytes that are always wrong', always('bytes', { kind: 'corrupt', at: 5 }), 'model_download_failed', /do not match its hash/],
    ['redirects without end', always('list', { kind: 'redirect', to: '?again' }), 'model_download_failed', /more than 6 redirects/],
    ['redirects without end elsewhere', always('bytes', { kind: 'redirect', to: '?again' }), 'model_download_failed', /more than 6 redirects/],
    ['a list of nothing', always('list', { kind: 'says', body: '{"siblings":[null]}' }), 'model_download_failed', /HF_ENDPOINT may not be a hub/],
    ['a page in place of the list', always('list', { kind: 'says', body: '<html>' }), 'model_download_failed', /not JSON/],
    ['a redirect to a file', always('list', { kind: 'redirect', to: 'file:///etc/passwd' }), 'model_download_failed', /redirects to where/],
    ['no tokenizer', serve(({ files }) => void delete files['tokenizer.json']), 'model_unsupported', /no tokenizer\.json/],
    ['no safetensors', serve(({ files }) => void delete files[WEIGHTS]), 'model_unsupported', /no weights as safetensors/],
    [
      'another kind of model',
      () => hub.repositories.set(MODEL, withConfig({ model_type: 'bert' })),
      'model_unsupported',
      /no Whisper checkpoint.*bert/,
    ],
    ['a shard outside', () => hub.repositories.set(MODEL, sharded(['../../evil.safetensors'])), 'model_unsupported', /cannot be the name of a shard/],
    ['an absolute shard', () => hub.repositories.set(MODEL, sharded(['/tmp/evil.safetensors'])), 'model_unsupported', /cannot be the name/],
  ])('%s', async (_, prepare, code, sentence) => {
    prepare();
    const error = await failure(install());
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(sentence)]);
    expect(error.hint).toMatch(/\w/);
    expect(error.message).not.toContain('Signature');
    expect(await open().list()).toEqual([]);
    expect(existsSync(path.join(folder, NAME))).toBe(false);
    expect(existsSync(path.join(folder, '..', 'evil.safetensors'))).toBe(false);
  });

  it('more bytes than the disk has are told before they are fetched', async () => {
    hub.fault = ({ door, file }) =>
      door === 'head' && file === WEIGHTS
        ? { kind: 'status', status: 200, headers: { 'x-linked-size': String(10 ** 15), 'x-linked-etag': '"x"' } }
        : null;
    expect(await codeOf(install())).toBe('disk_full');
    expect(hub.asked.some(({ door, file }) => door === 'bytes' && file === WEIGHTS)).toBe(false);
  });

  it('offline the hub is not asked at all', async () => {
    expect(await codeOf(install(open({ offline: true })))).toBe('offline');
    expect(hub.asked).toEqual([]);
  });

  it.each(['no slash', '../up', 'a/../b', 'a--b--c', 'a/b@../../x', 'a/b/c', 'a/b?c', ''])('“%s” is no name of a model', (text) => {
    expect(() => hubSource(text)).toThrow(/neither a known model|cannot be a revision/);
  });
});

describe('a proxy', () => {
  /** Passes http:// on, and notes what it is asked to; opens no tunnel. */
  async function startProxy() {
    const asked: string[] = [];
    const proxy = createServer((incoming, answer) => {
      asked.push(`${new URL(incoming.url ?? '').origin}`);
      const { method, headers, url = '' } = incoming;
      const onward = request(url, { method, headers }, (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      incoming.pipe(onward);
    });
    proxy.on('connect', ({ url }, socket) => {
      asked.push(`CONNECT ${url}`);
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    return { asked, address: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  }

  it('is used for what it is named for, and not for the hosts that are excepted', async () => {
    const { asked, address } = await startProxy();
    await install(open({ proxies: { ...noProxies, http: address } }));
    expect(new Set(asked)).toEqual(new Set([hub.url, hub.bytesUrl]));
    asked.length = 0;
    const store = open({ proxies: { ...noProxies, http: address, except: '127.0.0.1' } });
    await store.remove(NAME);
    await install(store);
    expect(asked).toEqual([]);
  });

  it('opens tunnels for https, and says so where it does not', async () => {
    const { asked, address } = await startProxy();
    const error = await failure(install(open({ endpoint: 'https://hub.invalid', proxies: { ...noProxies, https: address } })));
    expect(error.code).toBe('model_download_failed');
    expect(asked).toContain('CONNECT hub.invalid:443');
  });
});
