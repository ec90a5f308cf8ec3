import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ErrorCode } from '@bulk-transcribe/protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hubSource } from '../src/index.ts';
import { codeOf, failure, HubInstalls, MODEL, NAME, WEIGHTS } from './hub-installs.ts';
import type { Asked, Fault } from './test-hub.ts';
import { checkpoint, sharded, withConfig } from './tiny-checkpoint.ts';

let installs: HubInstalls;
beforeEach(async () => {
  installs = await HubInstalls.begin();
});
afterEach(() => installs.close());

describe('what cannot be made good ends with what to do, and without a model', () => {
  const always = (door: Asked['door'], fault: Fault) => () => {
    installs.hub.fault = (asked) => (asked.door === door ? fault : null);
  };
  const serve = (change: (repository: ReturnType<typeof checkpoint>) => void) => () => {
    const repository = checkpoint();
    change(repository);
    installs.hub.repositories.set(MODEL, repository);
  };

  it.each<[string, () => void, ErrorCode, RegExp]>([
    ['no such model', () => installs.hub.repositories.clear(), 'model_unknown', /The hub has no model somebody/],
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
      () => installs.hub.repositories.set(MODEL, withConfig({ model_type: 'bert' })),
      'model_unsupported',
      /no Whisper checkpoint.*bert/,
    ],
    [
      'a shard outside',
      () => installs.hub.repositories.set(MODEL, sharded(['../../evil.safetensors'])),
      'model_unsupported',
      /cannot be the name of a shard/,
    ],
    ['an absolute shard', () => installs.hub.repositories.set(MODEL, sharded(['/tmp/evil.safetensors'])), 'model_unsupported', /cannot be the name/],
  ])('%s', async (_, prepare, code, sentence) => {
    prepare();
    const error = await failure(installs.install());
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(sentence)]);
    expect(error.hint).toMatch(/\w/);
    expect(error.message).not.toContain('Signature');
    expect(await installs.open().list()).toEqual([]);
    expect(existsSync(path.join(installs.folder, NAME))).toBe(false);
    expect(existsSync(path.join(installs.folder, '..', 'evil.safetensors'))).toBe(false);
  });

  it('more bytes than the disk has are told before they are fetched', async () => {
    installs.hub.fault = ({ door, file }) =>
      door === 'head' && file === WEIGHTS
        ? { kind: 'status', status: 200, headers: { 'x-linked-size': String(10 ** 15), 'x-linked-etag': '"x"' } }
        : null;
    expect(await codeOf(installs.install())).toBe('disk_full');
    expect(installs.hub.asked.some(({ door, file }) => door === 'bytes' && file === WEIGHTS)).toBe(false);
  });

  it('offline the hub is not asked at all', async () => {
    expect(await codeOf(installs.install(installs.open({ offline: true })))).toBe('offline');
    expect(installs.hub.asked).toEqual([]);
  });

  it.each(['no slash', '../up', 'a/../b', 'a--b--c', 'a/b@../../x', 'a/b/c', 'a/b?c', ''])('“%s” is no name of a model', (text) => {
    expect(() => hubSource(text)).toThrow(/neither a known model|cannot be a revision/);
  });
});
