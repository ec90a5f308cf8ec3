import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { InstalledCheckpoint } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { knownModels, usualModel } from '../src/index.ts';
import { chooseUsual } from '../src/usual-model.ts';
import { checkpoint, weights } from './tiny-checkpoint.ts';

const GB = 1e9;
const machine = { memoryBytes: 16 * GB, cores: 4 };

/** As it is once it is installed. */
function installed(name: string, change: Partial<InstalledCheckpoint> = {}): InstalledCheckpoint {
  const known = knownModels.find((model) => model.name === name);
  if (!known) throw new Error(`Nobody knows ${name}.`);
  const { parameters, memoryBytes, languages, license } = known;
  return {
    ...{ name, origin: 'hub', repository: known.repository, commit: null, installedAt: null, bytes: 1, problem: null },
    ...{ parameters, memoryBytes, languages, license, ...change },
  };
}

describe('the model that is meant where nobody names one', () => {
  it.each([
    [[], null],
    [['tiny'], 'tiny'],
    [['tiny', 'small', 'base'], 'small'],
    [['small', 'large-v3-turbo'], 'large-v3-turbo'],
    [['distil-large-v3.5', 'base.en'], 'distil-large-v3.5'],
    [['distil-large-v3.5', 'base'], 'base'],
    [['large-v3'], null],
    [['large-v3', 'tiny'], 'tiny'],
  ])('of %j is %s', (names, usual) => {
    expect(
      chooseUsual(
        names.map((name) => installed(name)),
        machine,
      ),
    ).toBe(usual);
  });

  it('is none that cannot be used, or of which too little is known', () => {
    const broken = installed('small', { problem: 'It has no tokenizer.json.' });
    const unknown = installed('base', { parameters: null, memoryBytes: null });
    expect(chooseUsual([broken, unknown], machine)).toBeNull();
  });

  it('is looked for among the folders as they are', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'bt-usual-'));
    expect(await usualModel(folder, machine)).toBeNull();
    expect(await usualModel(path.join(folder, 'nowhere'), machine)).toBeNull();
    const cut = { bytes: weights(10).bytes.subarray(0, 20), lfs: true };
    for (const [name, files] of [
      ['mine', checkpoint().files],
      ['cut', { ...checkpoint().files, 'model.safetensors': cut }],
    ] as const) {
      mkdirSync(path.join(folder, name));
      for (const [file, { bytes }] of Object.entries(files)) writeFileSync(path.join(folder, name, file), bytes);
    }
    expect(await usualModel(folder, machine)).toBe('mine');
  });
});
