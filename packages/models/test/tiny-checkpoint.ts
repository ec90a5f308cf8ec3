/** Small checkpoints in the hub's layout: real headers, random weights. */
import type { HubFile, Repository } from './test-hub.ts';

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';

const config = { model_type: 'whisper', d_model: 8, encoder_layers: 1, decoder_layers: 2, vocab_size: 51_865 };
const generation = { lang_to_id: { '<|en|>': 1, '<|cs|>': 2, '<|yue|>': 3 } };

const json = (value: object): HubFile => ({ bytes: Buffer.from(JSON.stringify(value)), lfs: false });

/** A safetensors file of one float32 tensor, [rows, 8]; `seed` decides the values. */
export function weights(rows: number, seed = 1): HubFile {
  const header = Buffer.from(JSON.stringify({ weight: { dtype: 'F32', shape: [rows, 8], data_offsets: [0, rows * 32] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return { bytes: Buffer.concat([length, header, noise(rows * 32, seed)]), lfs: true };
}

/** Numerical Recipes' generator, a byte each. */
function noise(size: number, seed: number): Buffer {
  const bytes = Buffer.alloc(size);
  let state = seed;
  for (let i = 0; i < size; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

export const ROWS = 20_000;

export const checkpoint = (seed = 1): Repository => ({
  commit: COMMIT,
  files: {
    'config.json': json(config),
    'generation_config.json': json(generation),
    'preprocessor_config.json': json({ feature_size: 80 }),
    'tokenizer.json': { bytes: Buffer.from(JSON.stringify({ model: { vocab: { a: 1 } } })), lfs: true },
    'README.md': { bytes: Buffer.from('# a model'), lfs: false },
    'pytorch_model.bin': { bytes: Buffer.from('not wanted'), lfs: true },
    'model.safetensors': weights(ROWS, seed),
  },
});

export function sharded(shards: readonly string[]): Repository {
  const { files, commit } = checkpoint();
  const { 'model.safetensors': _, ...rest } = files;
  const index = { weight_map: Object.fromEntries(shards.map((name, i) => [`tensor${i}`, name])) };
  const parts = Object.fromEntries(shards.map((name, i) => [name, weights(1000 + i, i + 1)]));
  return { commit, files: { ...rest, 'model.safetensors.index.json': json(index), ...parts } };
}

export const withConfig = (change: object): Repository => {
  const { files, commit } = checkpoint();
  return { commit, files: { ...files, 'config.json': json({ ...config, ...change }) } };
};
