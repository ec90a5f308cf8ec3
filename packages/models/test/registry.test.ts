import { readFileSync } from 'node:fs';
import { KnownModel } from '@bulk-transcribe/protocol';
import { Value } from '@sinclair/typebox/value';
import { describe, expect, it } from 'vitest';
import type { FileFacts } from '../src/hub/hub.ts';
import { findKnown, folderSource, hubSource, isPath, knownModels, matchModel, propose, thisMachine } from '../src/index.ts';
import { expectedMemory } from '../src/memory.ts';
import { withPins } from '../src/pins.ts';

const GB = 1e9;
const nothing = { name: 'x', size: 1, sha256: null, gitSha1: null } satisfies FileFacts;

describe('the registry', () => {
  it('holds the families as their makers name them, each entry whole', () => {
    for (const model of knownModels) expect([...Value.Errors(KnownModel, model)], model.name).toEqual([]);
    expect(knownModels.map(({ name }) => name)).toEqual([
      ...['tiny', 'tiny.en', 'base', 'base.en', 'small', 'small.en', 'medium', 'medium.en', 'large-v1', 'large-v2', 'large-v3', 'large-v3-turbo'],
      ...['distil-small.en', 'distil-medium.en', 'distil-large-v2', 'distil-large-v3', 'distil-large-v3.5'],
    ]);
    for (const { name, languages } of knownModels) expect(languages.length === 1, name).toBe(name.endsWith('.en') || name.startsWith('distil-'));
    expect(findKnown('large-v3')?.languages).toContain('yue');
    expect(findKnown('large-v2')?.languages).toHaveLength(99);
  });

  it.each([
    ['turbo', 'large-v3-turbo'],
    ['openai/whisper-large-v3-turbo', 'large-v3-turbo'],
    ['base', 'whisper-base'],
    ['OpenAI/whisper-base', 'whisper-base'],
    ['openai--whisper-base', 'whisper-base'],
    ['somebody/whisper-of-mine', 'somebody--whisper-of-mine'],
    ['my-own', 'my-own'],
    ['tiny', null],
    ['somebody/else', null],
  ])('finds what “%s” means among folders: %s', (text, name) => {
    expect(matchModel(text, ['whisper-base', 'large-v3-turbo', 'somebody--whisper-of-mine', 'my-own'])).toBe(name);
  });

  it('takes what is there under the very name before another of the same model', () => {
    expect(matchModel('base', ['whisper-base', 'base'])).toBe('base');
  });

  it('gives every name, alias and repository to one model alone', () => {
    const names = knownModels.flatMap(({ name, aliases, repository }) => [name, ...aliases, repository]);
    expect(new Set(names).size).toBe(names.length);
    expect(['turbo', 'Large', 'OpenAI/whisper-large'].map((text) => findKnown(text)?.name)).toEqual(['large-v3-turbo', 'large-v3', 'large-v1']);
  });

  it('states no hash, size or revision without a source', () => {
    const text = readFileSync(new URL('../models.json', import.meta.url), 'utf8');
    expect(text).not.toMatch(/"(?:sha256|size|revision)": (?!null)/);
  });

  it('expects for base what was measured with it', () => {
    expect(expectedMemory({ parameters: 74e6, decoderLayers: 6, width: 512 }) / GB).toBeCloseTo(1.09, 2);
  });

  it('would pin the hash of a file at its own revision, and refuse another one there', () => {
    const known = { ...(knownModels[0] as KnownModel), revision: 'pinned', files: [{ name: 'x', sha256: 'a'.repeat(64), size: 1 }] };
    expect(withPins(nothing, known, 'pinned').sha256).toBe('a'.repeat(64));
    expect(withPins(nothing, known, 'main').sha256).toBeNull();
    expect(() => withPins({ ...nothing, sha256: 'b'.repeat(64) }, known, 'pinned')).toThrow('other bytes');
    expect(() => withPins({ ...nothing, size: 2 }, known, 'pinned')).toThrow('other bytes');
  });
});

describe('the proposal', () => {
  it.each([
    [1, 1, null, null],
    [2, 2, 'tiny', 'tiny.en'],
    [4, 4, 'base', 'distil-small.en'],
    [8, 4, 'small', 'distil-large-v3.5'],
    [8, 1, 'small', 'distil-large-v3.5'],
    [16, 8, 'large-v3-turbo', 'distil-large-v3.5'],
    [64, 1, 'large-v3-turbo', 'distil-large-v3.5'],
  ])('for %i GB and %i cores is %s, for English %s', (gigabytes, cores, name, englishName) => {
    expect(propose({ memoryBytes: gigabytes * GB, cores })).toMatchObject({ name, englishName });
  });

  it('is made for a machine that is there', () => {
    const { memoryBytes, cores } = thisMachine();
    expect(memoryBytes).toBeGreaterThan(GB / 10);
    expect(cores).toBeGreaterThanOrEqual(1);
  });
});

describe('what a person names', () => {
  it.each([
    ['tiny', { name: 'tiny', repository: 'openai/whisper-tiny', revision: 'main' }],
    ['turbo@v1', { name: 'large-v3-turbo', revision: 'v1' }],
    ['a/b', { name: 'a--b', repository: 'a/b', revision: 'main' }],
    ['a--b@refs/pr/1', { name: 'a--b', repository: 'a/b', revision: 'refs/pr/1' }],
  ])('%s', (text, source) => {
    expect(hubSource(text)).toMatchObject(source);
  });

  it('is a path where it begins like one, and owner/name never is', () => {
    expect(['./a', '../a', '/a', 'C:\\a', '.\\a'].filter(isPath)).toHaveLength(5);
    expect(['a/b', 'tiny', 'a.b/c', '.hidden'].filter(isPath)).toEqual([]);
    expect(folderSource('/some/where/my-model')).toEqual({ kind: 'folder', name: 'my-model', folder: '/some/where/my-model' });
  });
});
