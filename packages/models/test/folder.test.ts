import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tryLockDirectory } from '@bulk-transcribe/service';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderSource, ModelStore } from '../src/index.ts';
import { checkpoint, weights } from './tiny-checkpoint.ts';

const WEIGHTS = 'model.safetensors';
const wanted = ['config.json', 'generation_config.json', WEIGHTS, 'preprocessor_config.json', 'tokenizer.json'];
const never = new AbortController().signal;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'bt-models-'));
});

/** Nothing here needs the network. */
function open(): ModelStore {
  const proxies = { http: '', https: '', except: '' };
  return new ModelStore({ folder, hub: { endpoint: 'https://hub.invalid', token: '', offline: true, proxies }, lock: tryLockDirectory });
}

describe('a folder', () => {
  function checkpointFolder(name: string, files = checkpoint().files): string {
    const target = path.join(mkdtempSync(path.join(tmpdir(), 'bt-checkpoint-')), name);
    mkdirSync(target);
    for (const [file, { bytes }] of Object.entries(files)) writeFileSync(path.join(target, file), bytes);
    return target;
  }

  it('that somebody has put into MODELS_DIR, or a link to one, is a model by its name, and no hash is asked of it', async () => {
    const elsewhere = checkpointFolder('mine', { ...checkpoint().files, [WEIGHTS]: weights(10, 99) });
    symlinkSync(elsewhere, path.join(folder, 'tiny'));
    mkdirSync(path.join(folder, 'linked'));
    for (const name of wanted) symlinkSync(path.join(elsewhere, name), path.join(folder, 'linked', name));
    const store = open();
    expect(await store.list()).toMatchObject([
      { name: 'linked', origin: 'folder', problem: null, parameters: 80, commit: null },
      { name: 'tiny', origin: 'folder', problem: null, parameters: 80 },
    ]);
    await store.remove('tiny');
    await store.remove('linked');
    expect(await store.list()).toEqual([]);
    expect(readdirSync(elsewhere)).toContain(WEIGHTS);
  });

  it('that is removed takes the graphs along that were built of it, and no others', async () => {
    symlinkSync(checkpointFolder('mine'), path.join(folder, 'mine'));
    const graphsOf = (name: string, origin: string): void => {
      mkdirSync(path.join(folder, '.graphs', name), { recursive: true });
      writeFileSync(path.join(folder, '.graphs', name, 'origin.json'), origin);
    };
    graphsOf('a', JSON.stringify({ folder: path.join(folder, 'mine') }));
    graphsOf('b', JSON.stringify({ folder: path.join(folder, 'other') }));
    graphsOf('c', '{');
    writeFileSync(path.join(folder, '.graphs', 'hashes.json'), '{}');
    await open().remove('mine');
    expect(readdirSync(path.join(folder, '.graphs')).sort()).toEqual(['b', 'c', 'hashes.json']);
  });

  it('with a damaged checkpoint is listed with what is wrong', async () => {
    const cut = { bytes: weights(10).bytes.subarray(0, 20), lfs: true };
    symlinkSync(checkpointFolder('cut', { ...checkpoint().files, [WEIGHTS]: cut }), path.join(folder, 'cut'));
    mkdirSync(path.join(folder, 'half'));
    writeFileSync(path.join(folder, 'half', 'config.json'), '{');
    mkdirSync(path.join(folder, 'other'));
    expect(await open().list()).toMatchObject([
      { name: 'cut', problem: 'model.safetensors is damaged or missing.' },
      { name: 'half', problem: 'It has no tokenizer.json.' },
    ]);
  });

  it('elsewhere is copied under its name, or another', async () => {
    const elsewhere = checkpointFolder('fine-tuned');
    const store = open();
    const model = await store.install(folderSource(elsewhere), { signal: never });
    expect(model).toMatchObject({ name: 'fine-tuned', origin: 'folder', problem: null });
    expect(model.installedAt).not.toBeNull();
    expect(readdirSync(path.join(folder, 'fine-tuned'))).not.toContain('pytorch_model.bin');
    expect(await store.install(folderSource(elsewhere, 'second'), { signal: never })).toMatchObject({ name: 'second' });
    await expect(store.install(folderSource('/nowhere/at/all'), { signal: never })).rejects.toMatchObject({ code: 'model_unknown' });
    expect(() => folderSource(elsewhere, '../out')).toThrow('cannot be the name of a model');
  });
});
