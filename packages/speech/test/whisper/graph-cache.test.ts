import { createHash } from 'node:crypto';
import { globSync } from 'node:fs';
import { appendFile, cp, mkdir, readdir, readFile, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSession } from '../../src/onnx/open-session.ts';
import { readCheckpoint } from '../../src/whisper/checkpoint/checkpoint.ts';
import { chooseFormats, type FormatChoice } from '../../src/whisper/choose-formats.ts';
import { hashFiles } from '../../src/whisper/content-hash.ts';
import { integerUnit } from '../../src/whisper/cpu-flags.ts';
import { cachedGraphs, type GraphFiles } from '../../src/whisper/graph-cache.ts';
import { openWhisper } from '../../src/whisper/whisper-model.ts';
import { temporaryFolder } from '../media.ts';
import { checkpointCopy, readTensors, safetensors } from './checkpoint-copy.ts';
import { micro } from './golden.ts';

/** Comes with the CUDA libraries; without it there can be no GPU. */
const hasCudaProvider = globSync('bin/napi-v*/*/*/libonnxruntime_providers_cuda.*', { cwd: packageFolderOf('onnxruntime-node') }).length > 0;

function packageFolderOf(name: string): string {
  return path.dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
}

const { formats } = chooseFormats({ device: 'cpu', precision: 'exact', integers: 'none' });

async function graphsOf(folder: string, cacheFolder: string, precision: 'exact' | 'fp16' = 'exact'): Promise<GraphFiles> {
  const checkpoint = readCheckpoint(folder);
  const hashes = await hashFiles(folder, checkpoint.files, path.join(cacheFolder, 'hashes.json'));
  return cachedGraphs({
    checkpoint,
    hashes,
    cacheFolder,
    formats: precision === 'exact' ? formats : chooseFormats({ device: 'cpu', precision, integers: 'none' }).formats,
  });
}

const builtAt = async (graphs: GraphFiles) => (await stat(graphs.encoder)).mtimeMs;
const entries = async (folder: string) => (await readdir(folder)).filter((name) => name !== 'hashes.json');

/** Of all files that are made of micro for these formats, in order of their names, and the version in the name of their folder. */
async function fingerprint(choice: FormatChoice): Promise<string> {
  await using cache = await temporaryFolder();
  const checkpoint = readCheckpoint(micro);
  const hashes = await hashFiles(micro, checkpoint.files, cache.path('hashes.json'));
  const { encoder } = await cachedGraphs({ checkpoint, hashes, cacheFolder: cache.path('graphs'), formats: chooseFormats(choice).formats });
  const folder = path.dirname(encoder);
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).filter((file) => /\.(onnx|weights)$/.test(file)).toSorted()) {
    hash.update(await readFile(path.join(folder, name)));
  }
  return `version ${folder.split('-').at(-1)}: ${hash.digest('hex').slice(0, 16)}`;
}

// A change of the graphs wants another BUILDER_VERSION, or machines go on with the old ones; then the new line comes here.
it.each<[FormatChoice['precision'], FormatChoice['integers'], string]>([
  ['default', 'amx', 'version 19: 2f6b71479e8660c5'],
  ['default', 'vnni', 'version 19: 0613f1f57b6c3d8e'],
  ['default', 'none', 'version 19: 5dc784763870d000'],
  ['exact', 'none', 'version 19: 699c41ead3461d73'],
  ['fp16', 'none', 'version 19: 34aea3003fe2e2ca'],
])('the graphs of %s, integers %s, are those of their version', async (precision, integers, expected) => {
  expect(await fingerprint({ device: 'cpu', precision, integers })).toBe(expected);
});

describe('the graph cache', () => {
  it('builds a checkpoint once, and leaves nothing beside it', async () => {
    await using cache = await temporaryFolder();
    const first = await graphsOf(micro, cache.path('graphs'));
    const time = await builtAt(first);
    expect(await graphsOf(micro, cache.path('graphs'))).toEqual(first);
    expect(await builtAt(first)).toBe(time);
    expect(await entries(cache.path('graphs'))).toHaveLength(1);
    const origin = path.join(path.dirname(first.encoder), 'origin.json');
    expect(JSON.parse(await readFile(origin, 'utf8'))).toEqual({ folder: path.resolve(micro) });
  });

  it('goes by content: a copy elsewhere needs no new graphs, other formats and other weights do', async () => {
    await using cache = await temporaryFolder();
    await using copy = await checkpointCopy();
    const own = await graphsOf(micro, cache.path('graphs'));
    expect(await graphsOf(copy.folder, cache.path('graphs'))).toEqual(own);
    expect(await graphsOf(micro, cache.path('graphs'), 'fp16')).not.toEqual(own);
    const weights = path.join(copy.folder, 'model.safetensors');
    const tensors = await readTensors(weights);
    const [name = '', first] = [...tensors][0] ?? [];
    if (!first) throw new Error('No tensor.');
    tensors.set(name, { ...first, bytes: Uint8Array.from(first.bytes).fill(0, 0, 2) });
    await writeFile(weights, safetensors(tensors));
    expect(await graphsOf(copy.folder, cache.path('graphs'))).not.toEqual(own);
    expect(await entries(cache.path('graphs'))).toHaveLength(3);
  });

  it.each<[string, (folder: string) => Promise<void>]>([
    ['a file was cut short', (folder) => truncate(path.join(folder, 'decoder.weights'), 1000)],
    ['a file is missing', (folder) => rm(path.join(folder, 'beam.onnx'))],
    ['the list of its files is empty', (folder) => writeFile(path.join(folder, 'manifest.json'), '{}')],
    ['nobody says what belongs in it', (folder) => rm(path.join(folder, 'manifest.json'))],
  ])('builds again where %s', async (_, harm) => {
    await using cache = await temporaryFolder();
    const { encoder } = await graphsOf(micro, cache.path('graphs'));
    await harm(path.dirname(encoder));
    const before = await builtAt({ encoder, greedy: '', beam: '' });
    const again = await graphsOf(micro, cache.path('graphs'));
    expect(await builtAt(again)).toBeGreaterThan(before);
    const session = await openSession(again.beam, { device: 'cpu', threads: 1 });
    await session.release();
  });

  it('never takes a half-built folder for a whole one, and clears it away once nobody can be building', async () => {
    await using cache = await temporaryFolder();
    const { encoder } = await graphsOf(micro, cache.path('graphs'));
    const folder = path.dirname(encoder);
    const half = `${folder}.0123.partial`;
    const fresh = `${folder}.4567.partial`;
    await rename(folder, half);
    await mkdir(fresh);
    const yesterday = new Date(Date.now() - 86_400_000);
    await utimes(half, yesterday, yesterday);
    await graphsOf(micro, cache.path('graphs'));
    expect((await entries(cache.path('graphs'))).sort()).toEqual([path.basename(folder), path.basename(fresh)].sort());
  });

  it('removes the graphs of another version of the builder, once its own are there, and no others', async () => {
    await using cache = await temporaryFolder();
    const { encoder } = await graphsOf(micro, cache.path('graphs'));
    const folder = path.dirname(encoder);
    const other = `${folder.slice(0, folder.lastIndexOf('-'))}-0`;
    const foreign = cache.path('graphs/whisper-0123-0');
    await rename(folder, other);
    await mkdir(foreign);
    await graphsOf(micro, cache.path('graphs'));
    expect((await entries(cache.path('graphs'))).sort()).toEqual([path.basename(folder), path.basename(foreign)].sort());
  });

  it('lets two build at once: both get graphs that open', async () => {
    await using cache = await temporaryFolder();
    const both = await Promise.all([graphsOf(micro, cache.path('graphs')), graphsOf(micro, cache.path('graphs'))]);
    expect(both[0]).toEqual(both[1]);
    expect(await entries(cache.path('graphs'))).toHaveLength(1);
    await (await openSession(both[1].greedy, { device: 'cpu', threads: 1 })).release();
  });
});

describe('remembered hashes', () => {
  const names = ['model.safetensors', 'config.json'];

  it('are used again for a file that has not changed since', async () => {
    await using cache = await temporaryFolder();
    const memory = cache.path('hashes.json');
    const first = await hashFiles(micro, names, memory);
    const known = JSON.parse(await readFile(memory, 'utf8')) as Record<string, { stamp: string; sha256: string }>;
    const file = path.resolve(micro, 'config.json');
    expect(known[file]?.sha256).toBe(first[1]?.sha256);
    // Only what stands in the memory can come out of it.
    await writeFile(memory, JSON.stringify({ ...known, [file]: { ...known[file], sha256: 'remembered' } }));
    expect((await hashFiles(micro, names, memory))[1]?.sha256).toBe('remembered');
  });

  it('are not trusted for a file that changed, even with its time set back, nor kept for one that changed just now', async () => {
    await using folder = await temporaryFolder();
    await cp(micro, folder.path('copy'), { recursive: true });
    const file = folder.path('copy/config.json');
    const memory = folder.path('hashes.json');
    const [before] = await hashFiles(folder.path('copy'), ['config.json'], memory);
    expect(JSON.parse(await readFile(memory, 'utf8'))).toEqual({});
    const { atime, mtime, size } = await stat(file);
    await writeFile(memory, JSON.stringify({ [file]: { stamp: 'of earlier', sha256: before?.sha256 } }));
    await appendFile(file, ' ');
    await truncate(file, size);
    await writeFile(file, (await readFile(file, 'utf8')).replace('64', '65'));
    await utimes(file, atime, mtime);
    const [after] = await hashFiles(folder.path('copy'), ['config.json'], memory);
    expect(after?.sha256).not.toBe(before?.sha256);
  });

  it('begin anew where the memory is damaged', async () => {
    await using cache = await temporaryFolder();
    await writeFile(cache.path('hashes.json'), '{"half');
    expect(await hashFiles(micro, ['config.json'], cache.path('hashes.json'))).toHaveLength(1);
  });
});

describe('opening a model', () => {
  it('reports its files, precision and device', async () => {
    await using cache = await temporaryFolder();
    const model = await openWhisper({ folder: micro, cacheFolder: cache.path('graphs'), threads: 1, device: 'cpu', precision: 'default' });
    expect(model.facts.files).toContainEqual({
      name: 'model.safetensors',
      sha256: '9958d936e0123dbaf1bd04cc8576d6ee4baae3db88d2f9d2b24f3eebb8480b6d',
    });
    expect(model).toMatchObject({ device: 'cpu', threads: 1, precision: integerUnit() === 'none' ? 'float32 encoder, 7-bit decoder' : 'int8' });
    await model.release();
  });

  it.skipIf(hasCudaProvider)('on a GPU that is not there fails, and does not run on the CPU instead', async () => {
    await using cache = await temporaryFolder();
    const opening = openWhisper({ folder: micro, cacheFolder: cache.path('graphs'), threads: 1, device: 'cuda', precision: 'default' });
    await expect(opening).rejects.toEqual(expect.objectContaining({ code: 'engine_unavailable', message: expect.stringContaining('GPU') }));
  });

  it('takes int8 layers only where the processor has the instructions for them', async () => {
    await using folder = await temporaryFolder();
    const unitOf = async (flags: string) => {
      await writeFile(folder.path('cpuinfo'), `processor: 0\nflags\t\t: fpu avx2 ${flags} sse\n`);
      return integerUnit(folder.path('cpuinfo'));
    };
    expect([await unitOf('avx_vnni'), await unitOf('avx512_vnni amx_int8'), await unitOf('avx_vnni_int9')]).toEqual(['vnni', 'amx', 'none']);
    expect(integerUnit(folder.path('not there'))).toBe('none');
    const chosen = (integers: FormatChoice['integers']) => chooseFormats({ device: 'cpu', precision: 'default', integers }).formats;
    expect(chosen('none')).toMatchObject({ encoder: 'float', attention: 'float', prelude: 'rows7', cross: 'queryFirst7', decoder: 'rows7' });
    expect(chosen('vnni')).toMatchObject({ encoder: 'rows8', attention: 'heads8' });
    expect(chosen('amx')).toMatchObject({ encoder: 'rows8', attention: 'float' });
  });
});
