import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../src/whisper/checkpoint/checkpoint.ts';
import { SafetensorsFile } from '../../src/whisper/checkpoint/safetensors.ts';
import { openWeights } from '../../src/whisper/checkpoint/weights.ts';
import { temporaryFolder } from '../media.ts';
import { type Changes, checkpointCopy, type RawTensor, rawSafetensors, readTensors, safetensors } from './checkpoint-copy.ts';
import { base, goldenFile, micro, readJson } from './golden.ts';

const refusal = (words: string | RegExp) => expect.objectContaining({ code: 'engine_unavailable', message: expect.stringMatching(words) });

function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
}

describe('the facts of a checkpoint', () => {
  it('are read from its files, never assumed', async () => {
    const { special } = await readJson<{ special: Record<string, number> }>(goldenFile('micro/golden.json'));
    const { facts } = readCheckpoint(micro);
    const { sot, eot, transcribe, translate, startOfPrev, startOfLm, noSpeech, noTimestamps, timestampBegin, languages } = facts.tokens;
    expect({
      sot,
      eot,
      transcribe,
      translate,
      sotPrev: startOfPrev,
      sotLm: startOfLm,
      noSpeech,
      noTimestamps,
      timestampBegin,
      vocab: facts.vocabulary,
    }).toEqual(special);
    expect([...languages]).toEqual(Object.entries({ en: 1026, zh: 1027, de: 1028, es: 1029 }));
    expect(facts).toMatchObject({
      multilingual: true,
      mels: 80,
      contextTokens: 448,
      maxInitialTimestamp: 50,
      alignmentHeads: [[1, 0]],
      suppressFirst: [220, 1024],
    });
    expect(facts.suppress).toEqual(expect.arrayContaining([sot, transcribe, translate, startOfPrev, startOfLm, noSpeech, 931]));
    expect(facts.suppress).not.toContain(noTimestamps);
  });

  it.skipIf(base === null)('of Whisper base are those that OpenAI’s code counts out', () => {
    const { facts } = readCheckpoint(base ?? '');
    expect(facts.tokens).toMatchObject({
      eot: 50_257,
      sot: 50_258,
      translate: 50_358,
      transcribe: 50_359,
      startOfPrev: 50_361,
      noSpeech: 50_362,
      noTimestamps: 50_363,
      timestampBegin: 50_364,
    });
    expect(facts.tokens.languages.size).toBe(99);
    expect(facts.suppress).toHaveLength(88);
  });

  it('come from the tokenizer alone where a fine-tune has no generation config', async () => {
    await using copy = await checkpointCopy({ 'generation_config.json': null, 'config.json': { is_multilingual: true } });
    const { facts, files } = readCheckpoint(copy.folder);
    expect(facts.tokens).toEqual(readCheckpoint(micro).facts.tokens);
    // All heads of the upper half, as OpenAI does without a list.
    expect(facts.alignmentHeads).toEqual([[1, 0]]);
    expect(files).not.toContain('generation_config.json');
  });

  it('of an English-only model hold no language', async () => {
    await using copy = await checkpointCopy({ 'generation_config.json': { is_multilingual: false, lang_to_id: undefined, task_to_id: undefined } });
    const { facts } = readCheckpoint(copy.folder);
    expect(facts.multilingual).toBe(false);
    expect(facts.tokens.languages.size).toBe(0);
  });

  it('forbid the rows that pad a vocabulary', async () => {
    await using copy = await checkpointCopy({ 'config.json': { vocab_size: 2544 } });
    expect(readCheckpoint(copy.folder).facts.suppress.slice(-7)).toEqual([2537, 2538, 2539, 2540, 2541, 2542, 2543]);
  });

  it.each<[string, Changes, RegExp]>([
    ['no config', { 'config.json': null }, /config\.json cannot be used: it cannot be read/],
    ['another kind of model', { 'config.json': { model_type: 'wav2vec2' } }, /model_type is "wav2vec2"/],
    ['a size that is none', { 'config.json': { d_model: -64 } }, /d_model is -64, not a size/],
    ['an absurd size', { 'config.json': { encoder_layers: 100_000 } }, /encoder_layers is 100000/],
    ['heads that do not divide the width', { 'config.json': { decoder_attention_heads: 3 } }, /cannot be divided among 3 heads/],
    ['another length of a window', { 'config.json': { max_source_positions: 750 } }, /max_source_positions is 750/],
    ['a vocabulary without room for timestamps', { 'config.json': { vocab_size: 1500 } }, /do not fit into 1500 tokens/],
    ['heads that the decoder does not have', { 'generation_config.json': { alignment_heads: [[2, 0]] } }, /alignment_heads/],
    ['a tokenizer without a vocabulary', { 'tokenizer.json': { model: null } }, /tokenizer\.json cannot be used: it has no vocabulary/],
    [
      'special tokens out of order',
      { 'tokenizer.json': { added_tokens: [{ content: '<|endoftext|>', id: 1035 }] }, 'generation_config.json': { decoder_start_token_id: 1025 } },
      /does not stand between|has no token/,
    ],
  ])('%s is refused by name', async (_, changes, words) => {
    await using copy = await checkpointCopy(changes);
    expect(thrown(() => readCheckpoint(copy.folder))).toEqual(refusal(words));
  });

  it('a config that is no JSON is refused', async () => {
    await using copy = await checkpointCopy();
    await writeFile(path.join(copy.folder, 'config.json'), '[1, 2');
    expect(thrown(() => readCheckpoint(copy.folder))).toEqual(refusal('no JSON'));
    await writeFile(path.join(copy.folder, 'config.json'), '[1, 2]');
    expect(thrown(() => readCheckpoint(copy.folder))).toEqual(refusal('no JSON object'));
  });
});

describe('a safetensors file', () => {
  const numbers = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const entry = (offsets: unknown, shape: unknown = [2], dtype: unknown = 'F32') => ({ dtype, shape, data_offsets: offsets });
  const header = (tensors: unknown) => rawSafetensors(JSON.stringify(tensors), numbers);

  it.each<[string, Buffer, RegExp]>([
    ['nothing', Buffer.alloc(0), /too short/],
    ['seven bytes', Buffer.alloc(7), /too short/],
    ['a header longer than the file', rawSafetensors('{}', numbers, 1_000_000), /header claims 1000000 bytes/],
    ['a header of 2^63 bytes', rawSafetensors('{}', numbers, 2 ** 63), /header claims/],
    ['a header that is no JSON', rawSafetensors('{"a":', numbers), /no JSON/],
    ['a header that is a list', rawSafetensors('[]', numbers), /no JSON object/],
    ['an entry that is a number', header({ a: 7 }), /nothing usable about a/],
    ['a shape with a negative size', header({ a: entry([0, 8], [-2]) }), /nothing usable/],
    ['a shape with half a size', header({ a: entry([0, 8], [1.5]) }), /nothing usable/],
    ['offsets in strings', header({ a: entry(['0', '8']) }), /nothing usable/],
    ['one offset', header({ a: entry([8]) }), /nothing usable/],
    ['offsets that go backwards', header({ a: entry([8, 0]) }), /a has -8 bytes/],
    ['a type that is unknown', header({ a: entry([0, 8], [2], 'Q4') }), /a has 8 bytes, its type Q4/],
    ['a shape larger than its bytes', header({ a: entry([0, 8], [1000]) }), /want 4000/],
    ['sizes whose product overflows', header({ a: entry([0, 8], [2 ** 52, 2 ** 52]) }), /its type F32 and shape/],
    ['tensors that overlap', header({ a: entry([0, 8]), b: entry([4, 8], [1]) }), /b overlaps another tensor/],
    ['a hole between tensors', header({ a: entry([0, 0], [0]), b: entry([4, 8], [1]) }), /b leaves a hole/],
    ['a tensor beyond the end', header({ a: entry([0, 12], [3]) }), /its tensors end at byte/],
    ['bytes after the last tensor', header({ a: entry([0, 4], [1]) }), /its tensors end at byte/],
  ])('with %s is refused', async (_, bytes, words) => {
    await using folder = await temporaryFolder();
    await writeFile(folder.path('hostile.safetensors'), bytes);
    expect(thrown(() => new SafetensorsFile(folder.path('hostile.safetensors')))).toEqual(refusal(words));
  });

  it('gives float32, float16 and bfloat16 as float32', async () => {
    await using folder = await temporaryFolder();
    const values = Float32Array.of(1, -0.5, 2 ** -20, 65_504);
    const bits = new Uint32Array(values.buffer);
    const tensors = new Map<string, RawTensor>([
      ['f32', { dtype: 'F32', shape: [2, 2], bytes: new Uint8Array(values.buffer) }],
      ['f16', { dtype: 'F16', shape: [4], bytes: new Uint8Array(new Float16Array(values).buffer) }],
      ['bf16', { dtype: 'BF16', shape: [4], bytes: new Uint8Array(Uint16Array.from(bits, (value) => value >>> 16).buffer) }],
      ['i64', { dtype: 'I64', shape: [1], bytes: new Uint8Array(8) }],
    ]);
    await writeFile(folder.path('types.safetensors'), safetensors(tensors));
    using file = new SafetensorsFile(folder.path('types.safetensors'));
    expect([...file.read('f32')]).toEqual([...values]);
    // 2^-20 is a multiple of 2^-24, the smallest float16.
    expect([...file.read('f16')]).toEqual([...values]);
    // bfloat16 keeps 8 bits of 65504, cut off here.
    expect([...file.read('bf16')]).toEqual([1, -0.5, 2 ** -20, 65_280]);
    expect(thrown(() => file.read('i64'))).toEqual(refusal('I64; F32, F16 and BF16'));
    expect(thrown(() => file.read('none'))).toEqual(refusal('no tensor none'));
  });
});

describe('the weights of a checkpoint', () => {
  const { dimensions } = readCheckpoint(micro);
  const file = path.join(micro, 'model.safetensors');
  const name = 'model.decoder.layers.1.fc1.weight';

  async function withTensors(change: (tensors: Map<string, RawTensor>) => void): Promise<unknown> {
    await using copy = await checkpointCopy();
    const tensors = await readTensors(file);
    change(tensors);
    await writeFile(path.join(copy.folder, 'model.safetensors'), safetensors(tensors));
    return thrown(() => openWeights(copy.folder, dimensions));
  }

  it('must be all there, in the shape that config.json says', async () => {
    expect(await withTensors((tensors) => tensors.delete(name))).toEqual(refusal('the tensor decoder.layers.1.fc1.weight is missing'));
    const transposed = await withTensors((tensors) => tensors.set(name, { ...(tensors.get(name) as RawTensor), shape: [64, 256] }));
    expect(transposed).toEqual(refusal(/has the shape \[64,256\], config\.json wants \[256,64\]/));
    const twice = await withTensors((tensors) => tensors.set(name.replace('model.', ''), tensors.get(name) as RawTensor));
    expect(twice).toEqual(refusal('a second tensor'));
  });

  it('may lie in shards, which the index names', async () => {
    await using copy = await checkpointCopy();
    const tensors = [...(await readTensors(file))];
    const shards = [tensors.slice(0, 40), tensors.slice(40)];
    const map: Record<string, string> = {};
    for (const [index, shard] of shards.entries()) {
      const shardName = `model-0000${index + 1}-of-00002.safetensors`;
      await writeFile(path.join(copy.folder, shardName), safetensors(new Map(shard)));
      for (const [tensor] of shard) map[tensor] = shardName;
    }
    await rm(path.join(copy.folder, 'model.safetensors'));
    const index = path.join(copy.folder, 'model.safetensors.index.json');
    await writeFile(index, JSON.stringify({ weight_map: map }));
    expect(readCheckpoint(copy.folder).files).toEqual(
      expect.arrayContaining(['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors', 'model.safetensors.index.json']),
    );
    {
      using whole = openWeights(micro, dimensions);
      using sharded = openWeights(copy.folder, dimensions);
      for (const tensor of ['encoder.conv1.weight', 'decoder.layers.1.fc1.weight']) expect(sharded.read(tensor)).toEqual(whole.read(tensor));
    }
    await rm(path.join(copy.folder, 'model-00002-of-00002.safetensors'));
    expect(thrown(() => openWeights(copy.folder, dimensions))).toEqual(refusal('model-00002-of-00002.safetensors cannot be used: it cannot be read'));
    await writeFile(index, JSON.stringify({ weight_map: { ...map, [name]: '../elsewhere.safetensors' } }));
    expect(thrown(() => readCheckpoint(copy.folder))).toEqual(refusal('does not name files beside it'));
  });

  it('cannot be a folder, and must exist', async () => {
    await using copy = await checkpointCopy();
    const weights = path.join(copy.folder, 'model.safetensors');
    await rename(weights, `${weights}.away`);
    expect(thrown(() => openWeights(copy.folder, dimensions))).toEqual(refusal('it cannot be read'));
    await mkdir(weights);
    expect(thrown(() => openWeights(copy.folder, dimensions))).toEqual(refusal('it is no file'));
  });
});
