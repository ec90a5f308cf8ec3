import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hubSource, type InstallProgress } from '../src/index.ts';
import { codeOf, failure, HubInstalls, MODEL, NAME, never, WEIGHTS } from './hub-installs.ts';
import { sha256 } from './test-hub.ts';
import { COMMIT, checkpoint, ROWS, sharded, weights } from './tiny-checkpoint.ts';

const wanted = ['config.json', 'generation_config.json', WEIGHTS, 'preprocessor_config.json', 'tokenizer.json'];

let installs: HubInstalls;
beforeEach(async () => {
  installs = await HubInstalls.begin();
});
afterEach(() => installs.close());

describe('a model from the hub', () => {
  it('lies in its folder byte by byte, with what was pinned, and nothing else is left', async () => {
    const seen: InstallProgress[] = [];
    const store = installs.open();
    const model = await store.install(hubSource(MODEL), { signal: never, onProgress: (progress) => seen.push(progress) });
    expect(installs.files.sort()).toEqual([...wanted].sort());
    for (const name of wanted) expect(readFileSync(path.join(installs.folder, NAME, name))).toEqual(checkpoint().files[name]?.bytes);
    const bytes = wanted.reduce((sum, name) => sum + (checkpoint().files[name]?.bytes.length ?? 0), 0);
    expect(seen.at(-1)).toEqual({ doneBytes: bytes, totalBytes: bytes });
    expect(model).toMatchObject({ name: NAME, origin: 'hub', repository: MODEL, commit: COMMIT, license: 'mit', problem: null });
    expect(model).toMatchObject({ languages: ['en', 'cs', 'yue'], parameters: ROWS * 8 });
    const record = JSON.parse(readFileSync(path.join(installs.folder, NAME, 'bulk-transcribe.json'), 'utf8'));
    expect(record.files).toContainEqual({ name: WEIGHTS, size: installs.weights.length, sha256: sha256(installs.weights) });
    expect(readdirSync(path.join(installs.folder, '.incoming'))).toEqual([]);
    expect(await store.list()).toEqual([model]);
  });

  it('may come in shards, named by the index', async () => {
    installs.hub.repositories.set(MODEL, sharded(['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors']));
    const model = await installs.install();
    expect(model).toMatchObject({ problem: null, parameters: 2001 * 8 });
    expect(installs.files).toContain('model-00002-of-00002.safetensors');
  });

  it('has the name of the registry where it is a known one, by whatever name it is called', async () => {
    installs.hub.repositories.set('openai/whisper-tiny', checkpoint());
    for (const text of ['tiny', 'openai/whisper-tiny', 'whisper-tiny']) expect(hubSource(text)).toMatchObject({ name: 'tiny', revision: 'main' });
    expect(await installs.install(installs.open(), 'openai/whisper-tiny')).toMatchObject({ name: 'tiny', license: 'Apache-2.0' });
  });

  it('is taken at the revision that is named', async () => {
    expect(await installs.install(installs.open(), `${MODEL}@${COMMIT}`)).toMatchObject({ commit: COMMIT });
    expect(await codeOf(installs.install(installs.open(), `${MODEL}2@no-such`))).toBe('model_unknown');
  });

  it('is not installed twice, can be removed, and then installed again', async () => {
    const store = installs.open();
    await installs.install(store);
    expect(await codeOf(installs.install(store))).toBe('conflict');
    await store.remove(NAME);
    expect(existsSync(path.join(installs.folder, NAME))).toBe(false);
    expect(await codeOf(store.remove(NAME))).toBe('not_found');
    await installs.install(store);
  });
});

describe('a mirror', () => {
  it('that tells no hash of large files is enough: size and record are from the bytes themselves', async () => {
    installs.hub.silentAboutFiles = true;
    installs.failTimes(2, 'bytes', WEIGHTS, { kind: 'cut', after: 100_000 });
    await installs.install();
    expect(installs.weights).toEqual(weights(ROWS).bytes);
    const record = JSON.parse(readFileSync(path.join(installs.folder, NAME, 'bulk-transcribe.json'), 'utf8'));
    expect(record.files).toContainEqual({ name: WEIGHTS, size: installs.weights.length, sha256: sha256(installs.weights) });
  });

  it('may have moved a model to another name', async () => {
    let asked = 0;
    installs.hub.fault = ({ door }) => (door === 'list' && asked++ === 0 ? { kind: 'redirect', to: `/api/models/${MODEL}/revision/main` } : null);
    expect(await installs.install()).toMatchObject({ commit: COMMIT });
  });
});

describe('the token', () => {
  it('opens a gated model, and goes to the hub alone', async () => {
    installs.hub.repositories.set(MODEL, { ...checkpoint(), gated: true });
    await installs.install(installs.open({ token: installs.hub.token }));
    const withToken = installs.hub.asked.filter(({ headers }) => headers.authorization !== undefined);
    expect(new Set(withToken.map(({ door }) => door))).toEqual(new Set(['list', 'head', 'get']));
    expect(installs.hub.asked.filter(({ door }) => door === 'bytes').length).toBeGreaterThan(0);
  });

  it.each([
    ['', 'only with a token'],
    ['hf_wrong', 'conditions have not been accepted by the account of HF_TOKEN'],
  ])('missing or wrong (“%s”) is said, and stands in no message', async (token, sentence) => {
    installs.hub.repositories.set(MODEL, { ...checkpoint(), gated: true });
    const error = await failure(installs.install(installs.open({ token })));
    expect(error.code).toBe('model_gated');
    expect(error.message).toContain(sentence);
    expect(error.message).not.toContain('hf_wrong');
  });
});
